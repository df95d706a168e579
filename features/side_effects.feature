Feature: A deletion changes nothing else
  A deletion removes the listed sessions and changes nothing else.
  
  "request" is sent exactly as shown: SESSION-1 stands for the id of session 1.

  Background:
    Given an assistant with 5 sessions

  Rule: Everything that was not deleted stays unchanged

    @EFFECT-1
    Scenario Outline: After the deletion of <sessions>
      Given another assistant with 2 sessions
      And everything has been recorded
      When I delete <sessions>
      Then the assistants and the other sessions are as recorded

      Examples:
        | sessions                                |
        | sessions 2 and 4                        |
        | all 5 sessions                          |
        | sessions 2 and 4 and an unknown session |

    @EFFECT-9 @tenants
    Scenario Outline: Another tenant, after the deletion of <sessions>
      Given an assistant of another tenant with 2 sessions
      And everything has been recorded
      When I delete <sessions>
      Then the assistants and the other sessions are as recorded

      Examples:
        | sessions                                |
        | sessions 2 and 4                        |
        | all 5 sessions                          |
        | sessions 2 and 4 and an unknown session |

    @EFFECT-8
    Scenario Outline: After everything was deleted with <what>
      Given another assistant with 2 sessions
      And everything has been recorded
      When I send: <request>
      Then only the sessions of the assistant have changed

      @until-0.24
      Examples: up to release 0.24
        | what          | request     |
        | an empty list | {"ids": []} |

      @from-0.25
      Examples: from release 0.25 on
        | what         | request              |
        | "delete all" | {"delete_all": true} |

    @EFFECT-10 @tenants
    Scenario Outline: Another tenant, after everything was deleted with <what>
      Given an assistant of another tenant with 2 sessions
      And everything has been recorded
      When I send: <request>
      Then only the sessions of the assistant have changed

      @until-0.24
      Examples: up to release 0.24
        | what          | request     |
        | an empty list | {"ids": []} |

      @from-0.25
      Examples: from release 0.25 on
        | what         | request              |
        | "delete all" | {"delete_all": true} |

    @EFFECT-2
    Scenario: After a refused deletion
      Given another assistant with 2 sessions
      And everything has been recorded
      When I try to delete an unknown session
      Then everything is as recorded

    @EFFECT-12 @tenants
    Scenario Outline: After another tenant tried to delete <what>
      Given another assistant with 2 sessions
      And everything has been recorded
      When another tenant sends: <request>
      Then everything is as recorded

      Examples:
        | what       | request                |
        | session 1  | {"ids": ["SESSION-1"]} |
        | everything | {"delete_all": true}   |

    @EFFECT-3
    Scenario: The assistant still works after all its sessions are deleted
      Given all 5 sessions have been deleted
      When I create a session named session 1
      Then it is the only session of the assistant
      And its id is new

    @EFFECT-7
    Scenario: Another session with the same name remains
      Given another session named session 1
      When I delete session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 and the new one remain

  Rule: No call finds a deleted session

    @EFFECT-4
    Scenario: A deleted session can be neither found nor renamed
      When I delete session 2
      Then no list shows session 2, whatever the query
      And session 2 cannot be renamed
      And sessions 1, 3, 4 and 5 remain

    @EFFECT-11
    Scenario: A deleted session of a user cannot be found
      Given an assistant with these sessions
        | session   | name      | user   |
        | session 1 | session 1 | user 1 |
        | session 2 | session 2 | user 1 |
      When I delete session 2
      Then no list shows session 2, whatever the query
      And session 1 remains, and is in the list of its user

  Rule: A deleted session is gone immediately, for every client

    @EFFECT-5 @smoke
    Scenario: A new client reads the list
      When I delete sessions 1, 2 and 3
      Then a new client finds exactly sessions 4 and 5

  Rule: Only a deletion request deletes

    @EFFECT-6
    Scenario Outline: I try to <attempt>
      When I make another call: <call>
      Then the request is refused: RAGFlow has no such call
      And all 5 sessions remain

      Examples: ASSISTANT and SESSION-1 stand for ids
        | attempt                             | call                                          |
        | replace all sessions                | PUT /chats/ASSISTANT/sessions {}              |
        | change all sessions                 | PATCH /chats/ASSISTANT/sessions {}            |
        | delete session 1 by its own address | DELETE /chats/ASSISTANT/sessions/SESSION-1 {} |
