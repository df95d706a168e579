Feature: Listing a session more than once in the same request
  A list may contain the same session twice. The session is deleted,
  and the answer reports the repetition.

  Background:
    Given an assistant with 5 sessions

  Rule: A session that is listed more than once is deleted once, and the answer says so

    @DUPLICATE-1
    Scenario: Every session is listed twice
      When I delete all 5 sessions, each listed twice
      Then the answer says: 5 deleted, 5 repeated
      And no sessions remain

    @DUPLICATE-2
    Scenario: One session is listed three times
      When I delete session 3, listed three times
      Then the answer says: 1 deleted, 1 repeated
      And sessions 1, 2, 4 and 5 remain

    @DUPLICATE-3
    Scenario: One of two sessions is listed twice
      When I delete sessions 1 and 2, and session 2 once more
      Then the answer says: 2 deleted, 1 repeated
      And sessions 3, 4 and 5 remain

  Rule: One answer reports everything that could not be deleted

    Background:
      Given another assistant with 2 sessions

    @DUPLICATE-4
    Scenario: A session is listed twice, next to an unknown one
      When I delete sessions 1 and 2, session 2 once more and an unknown one
      Then the answer says: 2 deleted, 1 unknown, 1 repeated
      And sessions 3, 4 and 5 remain
      And both sessions of the other assistant remain

    @DUPLICATE-5
    Scenario: An unknown session is listed twice
      When I try to delete an unknown session, listed twice
      Then the answer says: 1 unknown, 1 repeated
      And all 5 sessions remain
      And both sessions of the other assistant remain
