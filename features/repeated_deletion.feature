Feature: Deleting sessions that are already deleted
  A request may reach RAGFlow twice, or come from somebody who looks at an old list.
  A session can be deleted only once; later requests hear that it is not there.

  Background:
    Given an assistant with 5 sessions

  Rule: A deleted session cannot be deleted again

    @REPEATED-1
    Scenario: All sessions, a second time
      Given all 5 sessions have been deleted
      When I try to delete all 5 sessions
      Then the request is refused: none of the sessions is known
      And no sessions remain

    @REPEATED-2
    Scenario: One session, a second time
      Given session 3 has been deleted
      When I try to delete session 3
      Then the request is refused: none of the sessions is known
      And sessions 1, 2, 4 and 5 remain
