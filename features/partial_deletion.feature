Feature: Deleting some sessions that are there and some that are not
  People clean up from lists that may be out of date. What can be deleted is deleted,
  and the answer names what could not be.

  Background:
    Given an assistant with 5 sessions

  Rule: One unknown session does not save the others

    @PARTIAL-1
    Scenario Outline: The unknown session stands <where> of the list
      When all 5 sessions and an unknown one, standing <where>, are deleted
      Then the answer says: 5 deleted, 1 unknown
      And no sessions remain

      Examples:
        | where            |
        | at the beginning |
        | in the middle    |
        | at the end       |
