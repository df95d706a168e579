Feature: Choosing which sessions to delete
  People pick one session, or some, or all of them. What they picked is deleted,
  and what they did not pick stays.

  Background:
    Given an assistant with 5 sessions

  Rule: The sessions that are named are deleted, and no others

    @CHOICE-1 @smoke
    Scenario: One session
      When session 1 is deleted
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

    @CHOICE-2
    Scenario: Some sessions from the middle
      When sessions 2 and 4 are deleted
      Then the deletion succeeds
      And sessions 1, 3 and 5 remain

    @CHOICE-3 @smoke
    Scenario: All sessions
      When all 5 sessions are deleted
      Then the deletion succeeds
      And no sessions remain

  Rule: Where nothing that was named is there, nothing is deleted

    @CHOICE-4
    Scenario: Only an unknown session
      When only an unknown session is deleted
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

  Rule: Whoever names no session means every session

    @CHOICE-5
    Scenario: An empty list of sessions
      When an empty list of sessions is deleted
      Then the deletion succeeds
      And no sessions remain

    @CHOICE-6
    Scenario: Nothing at all
      When a deletion is requested without a word about sessions
      Then the deletion succeeds
      And no sessions remain

  Rule: What is not a list of sessions deletes nothing

    @CHOICE-7
    Scenario: A text in the place of the list
      When a deletion is requested with a text that is not a list of sessions
      Then the request is refused: this is not a list of sessions
      And all 5 sessions remain
