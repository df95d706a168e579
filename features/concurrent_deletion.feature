@alone
Feature: Several people delete at the same time
  Requests that arrive together must not get in each other's way, and every answer must be true.

  Rule: Deleting different sessions at the same time works for everybody

    @CONCURRENT-1 @scale
    Scenario: 100 sessions, each deleted by a request of its own
      Given an assistant with 100 sessions
      When all 100 sessions are deleted by a request each, 5 at a time
      Then every deletion succeeds
      And no sessions remain

  Rule: Deleting in different assistants at the same time works for everybody

    @CONCURRENT-6
    Scenario: Two assistants of the same tenant
      Given an assistant with 20 sessions
      And another assistant with 20 sessions
      When all sessions of both assistants are deleted by a request each, 8 at a time
      Then every deletion succeeds
      And no sessions remain
      And no sessions of the other assistant remain

    @CONCURRENT-7 @tenants
    Scenario: Two assistants of different tenants
      Given an assistant with 20 sessions
      And an assistant of another tenant with 20 sessions
      When all sessions of both assistants are deleted by a request each, 8 at a time
      Then every deletion succeeds
      And no sessions remain
      And no sessions of the other assistant remain

  Rule: Of several who delete the same session at the same time, one is told that it succeeded

    @CONCURRENT-2
    Scenario Outline: <people> people delete the same session, in <rounds> rounds
      Given an assistant with <rounds> sessions
      When in each round <people> people delete the same session at the same time
      Then in each round one of them is told that it succeeded
      And every answer says that the session is deleted, or that it is unknown
      And no sessions remain

      Examples:
        | people | rounds |
        | 2      | 30     |
        | 10     | 10     |

  Rule: Whatever people delete at the same time is gone, and every answer is one that RAGFlow gives

    @CONCURRENT-3
    Scenario: Ten people delete the same 20 sessions
      Given an assistant with 20 sessions
      When 10 people delete all 20 sessions at the same time
      Then every answer tells what was deleted and what was unknown
      And no sessions remain

    @CONCURRENT-4
    Scenario: People delete lists of which one half is the same
      Given an assistant with 30 sessions
      When two people delete sessions 1 to 20 and two others sessions 11 to 30, at the same time
      Then every answer tells what was deleted and what was unknown
      And no sessions remain

  Rule: People who create sessions and look at them are not disturbed by those who delete

    @CONCURRENT-5
    Scenario: 20 sessions are deleted while others are created and listed
      Given an assistant with 20 sessions
      When all sessions are deleted by a request each, while 20 others are created and the list is read
      Then every deletion succeeds
      And exactly the new sessions are there
