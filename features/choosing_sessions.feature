Feature: Choosing which sessions to delete
  People select one session, or some, or all of them. The selected sessions are deleted,
  and all others remain.
  
  "request" is sent exactly as shown: SESSION-1 stands for the id of session 1.
  (no content) is a request without a body; it may still declare a content type. ␠ stands for a space.

  Background:
    Given an assistant with 5 sessions

  Rule: The sessions in the list are deleted, and no others

    @CHOICE-1 @smoke
    Scenario: One session
      When I delete session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

    @CHOICE-2
    Scenario: Two sessions from the middle of the list
      When I delete sessions 2 and 4
      Then the deletion succeeds
      And sessions 1, 3 and 5 remain

    @CHOICE-3 @smoke
    Scenario: All sessions
      When I delete all 5 sessions
      Then the deletion succeeds
      And no sessions remain

    @CHOICE-8
    Scenario: A session is deleted after others were deleted
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
    Scenario Outline: The request declares JSON but is empty
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
        | what                                             | request                            |
        | no content                                       | (no content)                       |
        | an object without fields                         | {}                                 |
        | null for the list                                | {"ids": null}                      |
        | what RAGFlow's own client sends without a choice | {"ids": null, "delete_all": false} |
        | an empty text for the list                       | {"ids": ""}                        |
        | zero for the list                                | {"ids": 0}                         |
        | false for the list                               | {"ids": false}                     |
        | an empty object for the list                     | {"ids": {}}                        |

    @CHOICE-18
    Scenario Outline: The assistant is already empty
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
    Scenario Outline: Nothing is deleted: <what>
      When I send: <request>
      Then there was nothing to delete
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples: in each of them
        | what                                             | request                            |
        | an empty list                                    | {"ids": []}                        |
        | no content, but is declared as JSON              | (no content, declared as JSON)     |
        | no content                                       | (no content)                       |
        | an object without fields                         | {}                                 |
        | null for the list                                | {"ids": null}                      |
        | what RAGFlow's own client sends without a choice | {"ids": null, "delete_all": false} |
        | an empty text for the list                       | {"ids": ""}                        |
        | zero for the list                                | {"ids": 0}                         |
        | false for the list                               | {"ids": false}                     |
        | an empty object for the list                     | {"ids": {}}                        |
        | only an unknown field                            | {"other": 1}                       |
        | the list in the field IDS                        | {"IDS": ["SESSION-1"]}             |
        | an id in the field id                            | {"id": "SESSION-1"}                |
        | an id in the field session_id                    | {"session_id": "SESSION-1"}        |
        | the assistant in the field chat_id               | {"chat_id": "ASSISTANT"}           |
        | the list in the field session_ids                | {"session_ids": ["SESSION-1"]}     |

      @only-go
      Examples: on the Go server, which passes over everything that is not a text in a list
        | what                      | request                        |
        | null as the whole request | null                           |
        | a number for the list     | {"ids": 5}                     |
        | true for the list         | {"ids": true}                  |
        | a text for the list       | {"ids": "SESSION-1"}           |
        | letters for the list      | {"ids": "abc"}                 |
        | an object for the list    | {"ids": {"SESSION-1": 1}}      |
        | only nulls                | {"ids": [null, null]}          |
        | only numbers              | {"ids": [1, 2]}                |
        | only zero                 | {"ids": [0]}                   |
        | only true                 | {"ids": [true]}                |
        | only an empty id          | {"ids": [""]}                  |
        | only a space              | {"ids": ["␠"]}                 |
        | only a list               | {"ids": [["SESSION-1"]]}       |
        | only an object            | {"ids": [{"id": "SESSION-1"}]} |

  @from-0.25
  Rule: From release 0.25 on, deleting everything requires "delete all"

    @CHOICE-12
    Scenario Outline: "Delete all" with <what>
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | what              | request                           |
        | no list           | {"delete_all": true}              |
        | an empty list     | {"ids": [], "delete_all": true}   |
        | null for the list | {"ids": null, "delete_all": true} |

    @CHOICE-13
    Scenario Outline: "Delete all" is set to <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then there was nothing to delete
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what         | request                |
        | false        | {"delete_all": false}  |
        | the number 1 | {"delete_all": 1}      |
        | a text       | {"delete_all": "true"} |

    @CHOICE-14
    Scenario Outline: "Delete all" in an empty assistant
      Given all 5 sessions have been deleted
      When I send: <request>
      Then there was nothing to delete
      And no sessions remain

      Examples:
        | request              |
        | {"delete_all": true} |

  Rule: A list of sessions takes precedence over "delete all"

    @CHOICE-15
    Scenario Outline: "Delete all" with one listed session
      When I send: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

      Examples:
        | request                                    |
        | {"ids": ["SESSION-1"], "delete_all": true} |

    @CHOICE-16
    Scenario Outline: "Delete all" with an unknown listed session
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      Examples:
        | request                                     |
        | {"ids": ["invalid_id"], "delete_all": true} |

  @from-0.25
  Rule: From release 0.25 on, "delete all" applies only if no list is given

    Background:
      Given another assistant with 2 sessions

    @CHOICE-19 @picture
    Scenario Outline: "Delete all" with <what>
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what                         | request                                            |
        | a text for the list          | {"ids": "SESSION-1", "delete_all": true}           |
        | a number for the list        | {"ids": 5, "delete_all": true}                     |
        | true for the list            | {"ids": true, "delete_all": true}                  |
        | an object for the list       | {"ids": {"id": "SESSION-1"}, "delete_all": true}   |
        | an empty text for the list   | {"ids": "", "delete_all": true}                    |
        | zero for the list            | {"ids": 0, "delete_all": true}                     |
        | false for the list           | {"ids": false, "delete_all": true}                 |
        | an empty object for the list | {"ids": {}, "delete_all": true}                    |
        | a null in the list           | {"ids": [null], "delete_all": true}                |
        | an empty id in the list      | {"ids": [""], "delete_all": true}                  |
        | a space in the list          | {"ids": ["␠"], "delete_all": true}                 |
        | a number in the list         | {"ids": [1], "delete_all": true}                   |
        | a list in the list           | {"ids": [["SESSION-1"]], "delete_all": true}       |
        | an object in the list        | {"ids": [{"id": "SESSION-1"}], "delete_all": true} |

    @CHOICE-20
    Scenario Outline: "Delete all" with an object whose field is session 1
      When I send: <request>
      Then sessions 2, 3, 4 and 5 remain; session 1 may be deleted
      And both sessions of the other assistant remain

      Examples:
        | request                                       |
        | {"ids": {"SESSION-1": 1}, "delete_all": true} |

  Rule: A value that is not a list of sessions deletes nothing

    @CHOICE-7
    Scenario Outline: The whole request is a text
      When I send: <request>
      Then the request is refused: a text is not a request
      And all 5 sessions remain

      Examples:
        | request    |
        | "not json" |
