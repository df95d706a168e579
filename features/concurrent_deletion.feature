Feature: Several people delete at the same time
  Requests that arrive together must not get in each other's way.

  Rule: Deleting different sessions at the same time works for everybody

    @CONCURRENT-1 @scale
    Scenario: 100 sessions, each deleted by a request of its own
      Given an assistant with 100 sessions
      When all 100 sessions are deleted by a request each, 5 at a time
      Then every deletion succeeds
      And no sessions remain
