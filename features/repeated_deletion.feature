Feature: Deleting sessions that are already deleted
  A request may reach RAGFlow twice, or come from a client with an outdated list.
  A session can be deleted only once; later requests report it as unknown.

  Background:
    Given an assistant with 5 sessions

  Rule: A deleted session cannot be deleted again

    @REPEATED-1
    Scenario: All sessions are deleted twice
      Given all 5 sessions have been deleted
      When I try to delete all 5 sessions
      Then the request is refused: none of the sessions is known
      And no sessions remain

    @REPEATED-2
    Scenario: One session is deleted twice
      Given session 3 has been deleted
      When I try to delete session 3
      Then the request is refused: none of the sessions is known
      And sessions 1, 2, 4 and 5 remain

  Rule: Earlier requests affect a deletion only through the sessions they deleted

    @REPEATED-3
    Scenario: Sessions were deleted, created and renamed before
      Given sessions 1 and 2 have been deleted
      And session 6 has been created for no user, named: session 1
      And session 3 has been renamed to session 2
      When I delete session 1, session 3 and session 6
      Then the answer says: 2 deleted, 1 unknown
      And sessions 4 and 5 remain

    @REPEATED-4
    Scenario: A failed deletion and a read came before
      Given I have tried to delete an unknown session
      And I have read the list
      When I delete sessions 2 and 4
      Then the deletion succeeds
      And sessions 1, 3 and 5 remain
