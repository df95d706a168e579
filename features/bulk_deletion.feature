Feature: Cleaning up a busy assistant
  An assistant that has been in use for months has very many sessions.
  They can be deleted in one go.

  Rule: One request may name as many sessions as there are

    @BULK-1 @scale
    Scenario: 1,000 sessions in one request
      Given an assistant with 1,000 sessions
      When all 1,000 sessions are deleted
      Then the deletion succeeds
      And no sessions remain
