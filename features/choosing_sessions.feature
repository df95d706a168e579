Feature: Choosing which sessions to delete
  People pick one session, or some, or all of them. What they picked is deleted,
  and what they did not pick stays.
  
  "request" is what is sent, letter for letter: SESSION-1 stands for the id of session 1.
  (no content …) is a request without any, whatever kind of content it states.

  Background:
    Given an assistant with 5 sessions

  Rule: The sessions in the list are deleted, and no others

    @CHOICE-1 @smoke
    Scenario: One session
      When I delete session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

    @CHOICE-2
    Scenario: Some sessions from the middle
      When I delete sessions 2 and 4
      Then the deletion succeeds
      And sessions 1, 3 and 5 remain

    @CHOICE-3 @smoke
    Scenario: All sessions
      When I delete all 5 sessions
      Then the deletion succeeds
      And no sessions remain

    @CHOICE-8
    Scenario: One session after the other
      Given sessions 2 and 5 have been deleted
      When I delete session 3
      Then the deletion succeeds
      And sessions 1 and 4 remain

    @CHOICE-17
    Scenario: The address ends in a slash
      When I delete session 1 at an address that ends in a slash
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

  Rule: If none of the sessions exists, nothing is deleted

    @CHOICE-4
    Scenario: Only an unknown session
      Given another assistant with 2 sessions
      When I try to delete an unknown session
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

  @until-0.24
  Rule: Up to release 0.24, a request that lists no sessions empties the assistant

    @CHOICE-5 @picture
    Scenario Outline: The list is empty
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | request     |
        | {"ids": []} |

    @CHOICE-6
    Scenario Outline: A kind of content is stated, and there is none
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      @not-0.22.1
      Examples: except in release 0.22.1
        | request                        |
        | (no content, declared as JSON) |

    @CHOICE-10
    Scenario Outline: No session is listed: <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what                                                    | request                            |
        | no content at all                                       | (no content)                       |
        | an object without fields                                | {}                                 |
        | null in place of the list                               | {"ids": null}                      |
        | what RAGFlow's own client sends where nothing is chosen | {"ids": null, "delete_all": false} |
        | an empty text in place of the list                      | {"ids": ""}                        |
        | zero in place of the list                               | {"ids": 0}                         |
        | false in place of the list                              | {"ids": false}                     |
        | an empty object in place of the list                    | {"ids": {}}                        |

    @CHOICE-18
    Scenario Outline: There is no session left
      Given all 5 sessions have been deleted
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | request     |
        | {"ids": []} |

  @from-0.25
  Rule: From release 0.25 on, a request that lists no sessions deletes nothing

    Background:
      Given another assistant with 2 sessions

    @CHOICE-11
    Scenario Outline: Nothing is deleted without a list: <what>
      When I send: <request>
      Then there was nothing to delete
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what                                                    | request                            |
        | an empty list                                           | {"ids": []}                        |
        | a kind of content, and none of it                       | (no content, declared as JSON)     |
        | no content at all                                       | (no content)                       |
        | an object without fields                                | {}                                 |
        | null in place of the list                               | {"ids": null}                      |
        | what RAGFlow's own client sends where nothing is chosen | {"ids": null, "delete_all": false} |
        | an empty text in place of the list                      | {"ids": ""}                        |
        | zero in place of the list                               | {"ids": 0}                         |
        | false in place of the list                              | {"ids": false}                     |
        | an empty object in place of the list                    | {"ids": {}}                        |
        | only a field that nobody knows                          | {"other": 1}                       |
        | the list in the field IDS                               | {"IDS": ["SESSION-1"]}             |
        | an id in the field id                                   | {"id": "SESSION-1"}                |
        | an id in the field session_id                           | {"session_id": "SESSION-1"}        |
        | the assistant in the field chat_id                      | {"chat_id": "ASSISTANT"}           |
        | the list in the field session_ids                       | {"session_ids": ["SESSION-1"]}     |

  @from-0.25
  Rule: From release 0.25 on, whoever wants to delete everything has to say so

    @CHOICE-12
    Scenario Outline: Everything is wanted, with <what>
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | what                      | request                           |
        | no list                   | {"delete_all": true}              |
        | an empty list             | {"ids": [], "delete_all": true}   |
        | null in place of the list | {"ids": null, "delete_all": true} |

    @CHOICE-13
    Scenario Outline: The wish to delete everything is <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then there was nothing to delete
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what                      | request                |
        | false                     | {"delete_all": false}  |
        | one, which is not true    | {"delete_all": 1}      |
        | a text, which is not true | {"delete_all": "true"} |

    @CHOICE-14
    Scenario Outline: There is nothing that could be deleted
      Given all 5 sessions have been deleted
      When I send: <request>
      Then there was nothing to delete
      And no sessions remain

      Examples:
        | request              |
        | {"delete_all": true} |

  Rule: A list of sessions wins over the wish to delete everything

    @CHOICE-15
    Scenario Outline: Everything is wanted, and one session is listed
      When I send: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

      Examples:
        | request                                    |
        | {"ids": ["SESSION-1"], "delete_all": true} |

    @CHOICE-16
    Scenario Outline: Everything is wanted, and an unknown session is listed
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      Examples:
        | request                                     |
        | {"ids": ["invalid_id"], "delete_all": true} |

  Rule: What is not a list of sessions deletes nothing

    @CHOICE-7
    Scenario Outline: A text in place of the whole request
      When I send: <request>
      Then the request is refused: a text is not a request
      And all 5 sessions remain

      Examples:
        | request    |
        | "not json" |
