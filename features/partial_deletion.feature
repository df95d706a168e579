Feature: Deleting some sessions that are there and some that are not
  People clean up from lists that may be out of date. What can be deleted is deleted,
  and the answer tells what could not be.

  Background:
    Given an assistant with 5 sessions

  Rule: An unknown session does not stop the others from being deleted

    @PARTIAL-1
    Scenario Outline: The unknown session stands <where>
      When I delete all 5 sessions and an unknown one, standing <where>
      Then the answer says: 5 deleted, 1 unknown
      And no sessions remain

      Examples:
        | where         |
        | first         |
        | in the middle |
        | last          |

    @PARTIAL-2
    Scenario: Some of the sessions and two unknown ones
      When I delete sessions 2 and 4 and 2 unknown ones
      Then the answer says: 2 deleted, 2 unknown
      And sessions 1, 3 and 5 remain

    @PARTIAL-5
    Scenario: Two of the sessions and very many unknown ones
      When I delete sessions 2 and 4 and 150 unknown ones
      Then the answer says: 2 deleted, 150 unknown
      And sessions 1, 3 and 5 remain

  Rule: A session that was deleted before is unknown like any other

    @PARTIAL-3
    Scenario: A deleted session among those that are there
      Given session 1 has been deleted
      When I delete sessions 1, 2 and 3
      Then the answer says: 2 deleted, 1 unknown
      And sessions 4 and 5 remain

  Rule: If every session is unknown, the answer tells each of them

    @PARTIAL-4
    Scenario: Several unknown sessions
      When I try to delete 3 unknown sessions
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
