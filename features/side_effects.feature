Feature: A deletion changes nothing else
  Whoever deletes a session wants that session gone, and everything else as it was.

  Background:
    Given an assistant with 5 sessions

  Rule: What was not to be deleted stays as it was

    @EFFECT-1
    Scenario Outline: After the deletion of <sessions>
      Given another assistant with 2 sessions
      And everything has been noted down
      When <sessions> are deleted
      Then the assistants and the other sessions are as they were noted down

      Examples:
        | sessions         |
        | sessions 2 and 4 |
        | all 5 sessions   |

    @EFFECT-2
    Scenario: After a deletion that was refused
      Given everything has been noted down
      When a deletion is requested with an unknown session
      Then the assistants and the other sessions are as they were noted down

    @EFFECT-3
    Scenario: The assistant goes on after all its sessions are deleted
      Given all 5 sessions have been deleted
      When a session named session 1 is created
      Then it is the only session of the assistant
      And it is not one of those that were there before

    @EFFECT-7
    Scenario: Another session of the same name stays
      Given another session named session 1
      When session 1 is deleted
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 and the other one remain

  Rule: A deleted session is gone for every call

    @EFFECT-4
    Scenario: It can neither be found nor renamed
      When session 2 is deleted
      Then session 2 is found neither by what identifies it nor by its name
      And session 2 cannot be renamed
      And sessions 1, 3, 4 and 5 remain

  Rule: What is deleted is gone at once, for whoever looks

    @EFFECT-5 @smoke
    Scenario: Somebody else looks
      When sessions 1, 2 and 3 are deleted
      Then sessions 4 and 5 remain, for somebody who looks for the first time

  Rule: Sessions are deleted by a deletion only

    @EFFECT-6
    Scenario Outline: Somebody tries to <attempt>
      When somebody tries to <attempt>
      Then the request is refused: nobody can do this with sessions
      And all 5 sessions remain

      Examples:
        | attempt                         |
        | replace all sessions at once    |
        | change all sessions at once     |
        | delete session 1 by its address |
