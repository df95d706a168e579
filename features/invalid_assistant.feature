Feature: Sessions are deleted from one assistant, which must be there
  A request says from which assistant it deletes. Where there is no such assistant,
  nothing is deleted, even if the sessions it names are there in another one.

  Background:
    Given an assistant with 5 sessions

  Rule: A request has to say which assistant it means

    @ASSISTANT-1
    Scenario: No assistant is named, and the request is not taken for another one
      When all 5 sessions are deleted through no assistant, wherever RAGFlow passes the request on to
      Then the request is refused: no assistant is named
      And all 5 sessions remain

    @ASSISTANT-5
    Scenario: No assistant is named, and nothing is deleted
      When all 5 sessions are deleted through no assistant, wherever RAGFlow passes the request on to
      Then all 5 sessions remain

    @ASSISTANT-3 @from-0.25
    Scenario: No assistant is named, and RAGFlow passes the request on
      When all 5 sessions are deleted through no assistant
      Then the request is passed on to an assistant by the name of sessions
      And all 5 sessions remain

  Rule: The assistant has to be there

    @ASSISTANT-2
    Scenario: An unknown assistant is named
      When all 5 sessions are deleted through an unknown assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

    @ASSISTANT-4
    Scenario Outline: The assistant is called by <name>
      When all 5 sessions are deleted through an assistant called by <name>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | name                            |
        | a blank                         |
        | a percent sign                  |
        | an asterisk                     |
        | a database trick                |
        | 1,000 letters                   |
        | the first half of its own       |
        | its own and a letter more       |
        | what people call it             |
        | the name of one of its sessions |
