Feature: Deleting existing and unknown sessions in one request
  People delete from lists that may be out of date. Existing sessions are deleted,
  and the answer reports the ids that are unknown.

  Background:
    Given an assistant with 5 sessions

  Rule: An unknown session does not stop the others from being deleted

    @PARTIAL-1
    Scenario Outline: The unknown session is placed <where>
      When I delete all 5 sessions and an unknown one, placed <where>
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
    Scenario: Two of the sessions and 150 unknown ones
      When I delete sessions 2 and 4 and 150 unknown ones
      Then the answer says: 2 deleted, 150 unknown
      And sessions 1, 3 and 5 remain

  Rule: A session that was deleted earlier counts as unknown

    @PARTIAL-3
    Scenario: A deleted session among existing ones
      Given session 1 has been deleted
      When I delete sessions 1, 2 and 3
      Then the answer says: 2 deleted, 1 unknown
      And sessions 4 and 5 remain

  Rule: If all listed sessions are unknown, the answer names each of them

    @PARTIAL-4
    Scenario: Several unknown sessions
      When I try to delete 3 unknown sessions
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
