Feature: What belongs to others is out of reach
  A tenant's assistants are its own, and so are an assistant's sessions. Whatever somebody
  sends, nothing is deleted that belongs to another tenant or to another assistant.
  
  "request" is what is sent, letter for letter: SESSION-1 stands for the id of session 1.
  (no content …) is a request without any, whatever kind of content it states.

  Background:
    Given an assistant with 5 sessions

  Rule: Nobody deletes in the assistant of another tenant

    @ISOLATION-1 @tenants
    Scenario Outline: Another tenant tries to delete <what>
      When another tenant sends: <request>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | what                      | request                        |
        | session 1                 | {"ids": ["SESSION-1"]}         |
        | an unknown session        | {"ids": ["invalid_id"]}        |
        | an empty list of sessions | {"ids": []}                    |
        | what it does not say      | (no content, declared as JSON) |
        | everything                | {"delete_all": true}           |

    @ISOLATION-2 @tenants
    Scenario: One's own sessions, through the assistant of another tenant
      Given an assistant of another tenant with 2 sessions
      When I try to delete all 5 sessions through the other assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-3 @tenants
    Scenario: The sessions of another tenant, through its own assistant
      Given an assistant of another tenant with 2 sessions
      When I try to delete both sessions of the other assistant through the other assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-4 @tenants
    Scenario Outline: I try to empty the assistant of another tenant with <what>
      Given an assistant of another tenant with 2 sessions
      When I send through the other assistant: <request>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what                          | request                        |
        | an empty list                 | {"ids": []}                    |
        | no content                    | (no content, declared as JSON) |
        | the wish to delete everything | {"delete_all": true}           |

  Rule: The sessions of another tenant are unknown to one's own assistant

    @ISOLATION-5 @tenants
    Scenario: Only sessions of another tenant
      Given an assistant of another tenant with 2 sessions
      When I try to delete both sessions of the other assistant
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-6 @tenants
    Scenario: Sessions of another tenant among one's own
      Given an assistant of another tenant with 2 sessions
      When I delete sessions 1 and 2 and both sessions of the other assistant
      Then the answer says: 2 deleted, 2 unknown
      And sessions 3, 4 and 5 remain
      And both sessions of the other assistant remain

  Rule: An assistant's sessions are unknown to every other assistant of the same tenant

    @ISOLATION-7
    Scenario: Only sessions of another assistant
      Given another assistant with 2 sessions
      When I try to delete both sessions of the other assistant
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-8
    Scenario: Sessions of another assistant among one's own
      Given another assistant with 2 sessions
      When I delete sessions 1 and 2 and both sessions of the other assistant
      Then the answer says: 2 deleted, 2 unknown
      And sessions 3, 4 and 5 remain
      And both sessions of the other assistant remain

  Rule: When an assistant is deleted, its sessions can no longer be reached

    @ISOLATION-9
    Scenario Outline: I try to delete <what> from a deleted assistant
      Given the assistant has been deleted
      When I send: <request>
      Then the request is refused: the assistant is unknown

      Examples:
        | what                      | request                |
        | session 1                 | {"ids": ["SESSION-1"]} |
        | an empty list of sessions | {"ids": []}            |
        | everything                | {"delete_all": true}   |

    @ISOLATION-10
    Scenario: A session of a deleted assistant, through another one
      Given another assistant with 2 sessions
      And the other assistant has been deleted
      When I try to delete both sessions of the other assistant
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

  Rule: Whoever deletes everything deletes it in one assistant only

    @ISOLATION-11
    Scenario Outline: Another assistant of the tenant keeps its sessions: <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      @until-0.24
      Examples: up to release 0.24
        | what              | request      |
        | an empty list     | {"ids": []}  |
        | no content at all | (no content) |

      @from-0.25
      Examples: from release 0.25 on
        | what       | request              |
        | everything | {"delete_all": true} |

    @ISOLATION-12 @tenants
    Scenario Outline: An assistant of another tenant keeps its sessions: <what>
      Given an assistant of another tenant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      @until-0.24
      Examples: up to release 0.24
        | what              | request      |
        | an empty list     | {"ids": []}  |
        | no content at all | (no content) |

      @from-0.25
      Examples: from release 0.25 on
        | what       | request              |
        | everything | {"delete_all": true} |
