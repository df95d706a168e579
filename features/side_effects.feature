Feature: A deletion changes nothing else
  Whoever deletes a session wants that session gone, and everything else as it was.
  
  "request" is what is sent, letter for letter: SESSION-1 stands for the id of session 1.

  Background:
    Given an assistant with 5 sessions

  Rule: What was not to be deleted stays as it was

    @EFFECT-1
    Scenario Outline: After the deletion of <sessions>
      Given another assistant with 2 sessions
      And everything has been noted down
      When I delete <sessions>
      Then the assistants and the other sessions are as they were noted down

      Examples:
        | sessions                                |
        | sessions 2 and 4                        |
        | all 5 sessions                          |
        | sessions 2 and 4 and an unknown session |

    @EFFECT-9 @tenants
    Scenario Outline: For another tenant, after the deletion of <sessions>
      Given an assistant of another tenant with 2 sessions
      And everything has been noted down
      When I delete <sessions>
      Then the assistants and the other sessions are as they were noted down

      Examples:
        | sessions                                |
        | sessions 2 and 4                        |
        | all 5 sessions                          |
        | sessions 2 and 4 and an unknown session |

    @EFFECT-8
    Scenario Outline: After the deletion of everything, with <what>
      Given another assistant with 2 sessions
      And everything has been noted down
      When I send: <request>
      Then nothing else than the sessions of the assistant has changed

      @until-0.24
      Examples: up to release 0.24
        | what          | request     |
        | an empty list | {"ids": []} |

      @from-0.25
      Examples: from release 0.25 on
        | what                | request              |
        | the wish to do that | {"delete_all": true} |

    @EFFECT-10 @tenants
    Scenario Outline: For another tenant, after the deletion of everything, with <what>
      Given an assistant of another tenant with 2 sessions
      And everything has been noted down
      When I send: <request>
      Then nothing else than the sessions of the assistant has changed

      @until-0.24
      Examples: up to release 0.24
        | what          | request     |
        | an empty list | {"ids": []} |

      @from-0.25
      Examples: from release 0.25 on
        | what                | request              |
        | the wish to do that | {"delete_all": true} |

    @EFFECT-2
    Scenario: After a deletion that was refused
      Given another assistant with 2 sessions
      And everything has been noted down
      When I try to delete an unknown session
      Then everything is as it was noted down

    @EFFECT-12 @tenants
    Scenario Outline: After another tenant tried to delete <what>
      Given another assistant with 2 sessions
      And everything has been noted down
      When another tenant sends: <request>
      Then everything is as it was noted down

      Examples:
        | what       | request                |
        | session 1  | {"ids": ["SESSION-1"]} |
        | everything | {"delete_all": true}   |

    @EFFECT-3
    Scenario: The assistant goes on after all its sessions are deleted
      Given all 5 sessions have been deleted
      When I create a session named session 1
      Then it is the only session of the assistant
      And it is not one of those that were there before

    @EFFECT-7
    Scenario: Another session of the same name stays
      Given another session named session 1
      When I delete session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 and the new one remain

  Rule: A deleted session is gone for every call

    @EFFECT-4
    Scenario: It can neither be found nor renamed
      When I delete session 2
      Then session 2 is in no list, however it is asked for
      And session 2 cannot be renamed
      And sessions 1, 3, 4 and 5 remain

    @EFFECT-11
    Scenario: The session of a user cannot be found either
      Given an assistant with these sessions
        | session   | name      | user   |
        | session 1 | session 1 | user 1 |
        | session 2 | session 2 | user 1 |
      When I delete session 2
      Then session 2 is in no list, however it is asked for
      And session 1 remains, and is in the list of its user

  Rule: What is deleted is gone at once, for whoever looks

    @EFFECT-5 @smoke
    Scenario: Somebody else looks
      When I delete sessions 1, 2 and 3
      Then sessions 4 and 5 remain, for somebody who looks for the first time

  Rule: Only a deletion request deletes

    @EFFECT-6
    Scenario Outline: I try to <attempt>
      When I make another call: <call>
      Then the request is refused: RAGFlow does not offer this
      And all 5 sessions remain

      Examples: ASSISTANT and SESSION-1 stand for ids
        | attempt                             | call                                          |
        | replace all sessions at once        | PUT /chats/ASSISTANT/sessions {}              |
        | change all sessions at once         | PATCH /chats/ASSISTANT/sessions {}            |
        | delete session 1 by its own address | DELETE /chats/ASSISTANT/sessions/SESSION-1 {} |
