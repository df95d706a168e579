@alone
Feature: Several people delete at the same time
  Requests that arrive together must not interfere with each other, and every answer must be correct.

  Rule: Deleting different sessions at the same time works for everyone

    @CONCURRENT-1 @scale
    Scenario: 100 sessions, one request per session
      Given an assistant with 100 sessions
      When all 100 sessions are deleted, one request per session, 5 at a time
      Then every deletion succeeds
      And no sessions remain

  Rule: Deleting from different assistants at the same time works for everyone

    @CONCURRENT-6
    Scenario: Two assistants of the same tenant
      Given an assistant with 20 sessions
      And another assistant with 20 sessions
      When all sessions of both assistants are deleted, one request per session, 8 at a time
      Then every deletion succeeds
      And no sessions remain
      And no sessions of the other assistant remain

    @CONCURRENT-7 @tenants
    Scenario: Two assistants of different tenants
      Given an assistant with 20 sessions
      And an assistant of another tenant with 20 sessions
      When all sessions of both assistants are deleted, one request per session, 8 at a time
      Then every deletion succeeds
      And no sessions remain
      And no sessions of the other assistant remain

  Rule: When several people delete the same session at the same time, exactly one succeeds

    @CONCURRENT-2
    Scenario Outline: <people> people delete the same session, in <rounds> rounds
      Given an assistant with <rounds> sessions
      When in each round <people> people delete the same session at the same time
      Then in each round exactly one of them succeeds
      And every answer reports the session as deleted or as unknown
      And no sessions remain

      Examples:
        | people | rounds |
        | 2      | 30     |
        | 10     | 10     |

  Rule: Sessions that several people delete at the same time are gone, and every answer is correct

    @CONCURRENT-3
    Scenario: Ten people delete the same 20 sessions
      Given an assistant with 20 sessions
      When 10 people delete all 20 sessions at the same time
      Then every answer reports what was deleted and what was unknown
      And no sessions remain

    @CONCURRENT-4
    Scenario: Four people delete two overlapping lists
      Given an assistant with 30 sessions
      When two people delete sessions 1 to 20 and two others sessions 11 to 30, at the same time
      Then every answer reports what was deleted and what was unknown
      And no sessions remain

  Rule: Deletions do not disturb people who create and list sessions

    @CONCURRENT-5
    Scenario: 20 sessions are deleted while 20 others are created and the list is read
      Given an assistant with 20 sessions
      When all sessions are deleted, one request per session, while 20 others are created and the list is read
      Then every deletion succeeds
      And exactly the new sessions remain

  Rule: While a tenant deletes many sessions, other tenants do not have to wait
    The number of sessions is doubled, from 100 up to 4,000, until their deletion takes that long. What counts is the
    order of the answers.

    @CONCURRENT-8 @tenants @scale
    Scenario: Another tenant reads its list during a long deletion
      Given an assistant with 100 sessions
      And an assistant of another tenant with 2 sessions
      When I delete so many sessions that it takes as long as 20 lists, while the other tenant reads its list repeatedly
      Then the deletion succeeds
      And at least 10 of the lists are answered before the deletion is
      And no sessions remain
      And both sessions of the other assistant remain
