Feature: Sessions are deleted from one assistant, which must be there
  A request says from which assistant it deletes. Where there is no such assistant,
  nothing is deleted, even if the sessions it names are there in another one.

  Background:
    Given an assistant with 5 sessions

  Rule: A request has to say which assistant it means

    @ASSISTANT-1
    Scenario: No assistant is named
      When all 5 sessions are deleted from no assistant in particular
      Then the request is refused: no assistant is named
      And all 5 sessions remain

  Rule: The assistant has to be there

    @ASSISTANT-2
    Scenario: An unknown assistant is named
      When all 5 sessions are deleted from an unknown assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
