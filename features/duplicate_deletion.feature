Feature: Naming a session more than once in the same request
  A list may hold the same session twice. That is no reason to keep it,
  but whoever sent the list is told.

  Background:
    Given an assistant with 5 sessions

  Rule: A session that is named more than once is deleted once, and the answer says so

    @DUPLICATE-1
    Scenario: Every session is named twice
      When all 5 sessions are deleted, each named twice
      Then the answer says: 5 deleted, 5 named again
      And no sessions remain

    @DUPLICATE-2
    Scenario: One session is named three times
      When session 3 is deleted, named three times
      Then the answer says: 1 deleted, 1 named again
      And sessions 1, 2, 4 and 5 remain

    @DUPLICATE-3
    Scenario: One of two sessions is named twice
      When sessions 1 and 2 and session 2 once more are deleted
      Then the answer says: 2 deleted, 1 named again
      And sessions 3, 4 and 5 remain

  Rule: One request names everything that it could not delete

    @DUPLICATE-4
    Scenario: A session that is named twice, beside an unknown one
      When sessions 1 and 2, session 2 once more and an unknown one are deleted
      Then the answer says: 2 deleted, 1 unknown, 1 named again
      And sessions 3, 4 and 5 remain

    @DUPLICATE-5
    Scenario: An unknown session that is named twice
      When an unknown session is deleted, named twice
      Then the answer says: 1 unknown, 1 named again
      And all 5 sessions remain

  Rule: Beside an unknown session, those that are named twice are not mentioned

    @DUPLICATE-6 @until-0.24
    Scenario: A session that is named twice is not mentioned beside an unknown one
      When sessions 1 and 2, session 2 once more and an unknown one are deleted
      Then the answer says no more than: 2 deleted, 1 unknown
      And sessions 3, 4 and 5 remain

    @DUPLICATE-7 @until-0.24
    Scenario: An unknown session that is named twice is mentioned once
      When an unknown session is deleted, named twice
      Then the answer says no more than: 1 unknown
      And all 5 sessions remain
