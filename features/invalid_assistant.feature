Feature: Sessions are deleted from one assistant, which must exist
  A request says from which assistant it deletes. If there is no such assistant,
  nothing is deleted, even if its sessions exist in another one.
  
  "id" is what stands in place of the assistant's id, letter for letter: ASSISTANT stands for the id of the
  assistant, ASSISTANT[:16] for its first half, ASSISTANT-NAME for its name, SESSION-1 for the id of session 1,
  ␠ for a blank, x{1000} for 1,000 times the letter x.

  Background:
    Given an assistant with 5 sessions

  Rule: A request has to say which assistant it means

    @ASSISTANT-1
    Scenario: No assistant is given
      When I try to delete all 5 sessions without saying from which assistant
      Then the request is refused: no assistant is given
      And all 5 sessions remain

  Rule: The assistant has to exist

    @ASSISTANT-2
    Scenario Outline: The assistant is unknown
      When I try to delete all 5 sessions from an assistant with the id: <id>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | id                        |
        | invalid_chat_assistant_id |

    @ASSISTANT-4
    Scenario Outline: In place of the assistant's id stands <what>
      When I try to delete all 5 sessions from an assistant with the id: <id>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | what                          | id             |
        | a blank                       | ␠              |
        | a percent sign                | %              |
        | an asterisk                   | *              |
        | a condition for the database  | x' OR '1'='1   |
        | 1,000 letters                 | x{1000}        |
        | the first half of its id      | ASSISTANT[:16] |
        | the last half of its id       | ASSISTANT[16:] |
        | its id and one letter more    | ASSISTANTx     |
        | its name                      | ASSISTANT-NAME |
        | the id of one of its sessions | SESSION-1      |
