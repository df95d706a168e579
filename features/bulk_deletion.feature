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

    @BULK-2 @huge
    Scenario: 10,000 sessions in one request
      Given an assistant with 10,000 sessions
      When all 10,000 sessions are deleted
      Then the deletion succeeds
      And no sessions remain

  Rule: One request may mean as many sessions as there are

    @BULK-3 @scale @until-0.24
    Scenario: 1,000 sessions, none of them named
      Given an assistant with 1,000 sessions
      When a deletion is requested with an empty list of sessions
      Then the deletion succeeds
      And no sessions remain

    @BULK-4 @scale @from-0.25
    Scenario: 1,000 sessions, as everything
      Given an assistant with 1,000 sessions
      When a deletion is requested with everything
      Then the deletion succeeds
      And no sessions remain

  Rule: Every session that could not be deleted is named, however many there are

    @BULK-5
    Scenario: 1,000 unknown sessions in one request
      Given an assistant with 5 sessions
      When 1,000 unknown sessions are deleted
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
