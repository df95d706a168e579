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

  Rule: What was done before makes no difference, but for what is gone

    @REPEATED-3
    Scenario: Sessions come and go
      Given sessions 1 and 2 have been deleted
      And session 6 has been created for nobody, named: session 1
      And session 3 has been renamed to session 2
      When I delete session 1, session 3 and session 6
      Then the answer says: 2 deleted, 1 unknown
      And sessions 4 and 5 remain

    @REPEATED-4
    Scenario: Others have tried in vain, and one has looked
      Given I have tried to delete an unknown session
      And I have read the list
      When I delete sessions 2 and 4
      Then the deletion succeeds
      And sessions 1, 3 and 5 remain
