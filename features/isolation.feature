Feature: What belongs to others is out of reach
  A tenant's assistants are its own, and so are an assistant's sessions. Whatever somebody
  sends, nothing is deleted that belongs to another tenant or to another assistant.

  Background:
    Given an assistant with 5 sessions

  Rule: Nobody deletes in the assistant of another tenant

    @ISOLATION-1 @tenants
    Scenario Outline: Another tenant asks for a deletion with <sent>
      When another tenant requests a deletion with <sent>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | sent                      |
        | session 1                 |
        | an unknown session        |
        | an empty list of sessions |
        | nothing at all            |
        | everything                |

    @ISOLATION-2 @tenants
    Scenario: One's own sessions, through the assistant of another tenant
      Given an assistant of another tenant with 2 sessions
      When all 5 sessions are deleted through the other assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And all 2 sessions of the other assistant remain

    @ISOLATION-3 @tenants
    Scenario: The sessions of another tenant, through its assistant
      Given an assistant of another tenant with 2 sessions
      When all 2 sessions of the other assistant are deleted through the other assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And all 2 sessions of the other assistant remain

    @ISOLATION-4 @tenants
    Scenario Outline: The assistant of another tenant is to be emptied with <sent>
      Given an assistant of another tenant with 2 sessions
      When a deletion through the other assistant is requested with <sent>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And all 2 sessions of the other assistant remain

      Examples:
        | sent                      |
        | an empty list of sessions |
        | nothing at all            |
        | everything                |

  Rule: The sessions of another tenant are unknown to one's own assistant

    @ISOLATION-5 @tenants
    Scenario: Only sessions of another tenant
      Given an assistant of another tenant with 2 sessions
      When all 2 sessions of the other assistant are deleted
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And all 2 sessions of the other assistant remain

    @ISOLATION-6 @tenants
    Scenario: Sessions of another tenant among one's own
      Given an assistant of another tenant with 2 sessions
      When sessions 1 and 2 and all 2 sessions of the other assistant are deleted
      Then the answer says: 2 deleted, 2 unknown
      And sessions 3, 4 and 5 remain
      And all 2 sessions of the other assistant remain

  Rule: An assistant's sessions are unknown to every other assistant of the same tenant

    @ISOLATION-7
    Scenario: Only sessions of another assistant
      Given another assistant with 2 sessions
      When all 2 sessions of the other assistant are deleted
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And all 2 sessions of the other assistant remain

    @ISOLATION-8
    Scenario: Sessions of another assistant among one's own
      Given another assistant with 2 sessions
      When sessions 1 and 2 and all 2 sessions of the other assistant are deleted
      Then the answer says: 2 deleted, 2 unknown
      And sessions 3, 4 and 5 remain
      And all 2 sessions of the other assistant remain

  Rule: With an assistant its sessions are out of reach

    @ISOLATION-9
    Scenario Outline: The assistant was deleted, and a deletion is requested with <sent>
      Given the assistant has been deleted
      When a deletion is requested with <sent>
      Then the request is refused: the assistant is unknown

      Examples:
        | sent                      |
        | session 1                 |
        | an empty list of sessions |
        | everything                |

    @ISOLATION-10
    Scenario: A session of a deleted assistant, through another one
      Given another assistant with 2 sessions
      And the other assistant has been deleted
      When all 2 sessions of the other assistant are deleted
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

  Rule: Whoever deletes everything deletes it in one assistant only

    @ISOLATION-11
    Scenario Outline: Another assistant is there, and a deletion is requested with <sent>
      Given another assistant with 2 sessions
      When a deletion is requested with <sent>
      Then the deletion succeeds
      And no sessions remain
      And all 2 sessions of the other assistant remain

      @until-0.24
      Examples: up to 0.24
        | sent                       |
        | an empty list of sessions  |
        | nothing at all, of no kind |

      @from-0.25
      Examples: from 0.25 on
        | sent       |
        | everything |

    @ISOLATION-12 @tenants
    Scenario Outline: An assistant of another tenant is there, and a deletion is requested with <sent>
      Given an assistant of another tenant with 2 sessions
      When a deletion is requested with <sent>
      Then the deletion succeeds
      And no sessions remain
      And all 2 sessions of the other assistant remain

      @until-0.24
      Examples: up to 0.24
        | sent                       |
        | an empty list of sessions  |
        | nothing at all, of no kind |

      @from-0.25
      Examples: from 0.25 on
        | sent       |
        | everything |
