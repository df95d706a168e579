Feature: Sessions are deleted from one existing assistant
  A request names the assistant from which it deletes. If that assistant does not exist,
  nothing is deleted, even if another assistant has sessions with the listed ids.
  
  "id" replaces the assistant's id, exactly as shown: ASSISTANT stands for the id of the assistant, ASSISTANT[:16] for
  its first half, ASSISTANT-NAME for its name, SESSION-1 for the id of session 1, ␠ for a space, x{1000} for 1,000
  times the letter x. "query" is the query string of the address, "request" is sent exactly as shown.

  Background:
    Given an assistant with 5 sessions

  Rule: A request must name an assistant

    @ASSISTANT-1
    Scenario: The address names no assistant
      When I try to delete all 5 sessions without naming an assistant
      Then the request is refused: no assistant is given
      And all 5 sessions remain

  Rule: The assistant must exist

    @ASSISTANT-2
    Scenario Outline: The assistant is unknown
      When I try to delete all 5 sessions from an assistant with the id: <id>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | id                        |
        | invalid_chat_assistant_id |

    @ASSISTANT-4
    Scenario Outline: The assistant's id is replaced by <what>
      When I try to delete all 5 sessions from an assistant with the id: <id>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | what                          | id             |
        | a percent sign                | %              |
        | an asterisk                   | *              |
        | a condition for the database  | x' OR '1'='1   |
        | 1,000 letters                 | x{1000}        |
        | the first half of its id      | ASSISTANT[:16] |
        | the last half of its id       | ASSISTANT[16:] |
        | its id with an extra letter   | ASSISTANTx     |
        | its name                      | ASSISTANT-NAME |
        | the id of one of its sessions | SESSION-1      |

    @ASSISTANT-6
    Scenario Outline: The assistant's id is blank
      When I try to delete all 5 sessions from an assistant with the id: <id>
      Then the request is refused: <reason>
      And all 5 sessions remain

      @not-go
      Examples: but not on the Go server
        | id | reason                   |
        | ␠  | the assistant is unknown |

      @only-go
      Examples: on the Go server
        | id | reason                      |
        | ␠  | the assistant's id is blank |

  Rule: An unknown assistant is reported, whatever characters its id contains

    @ASSISTANT-5
    Scenario Outline: The assistant's id is replaced by an emoji
      When I try to delete all 5 sessions from an assistant with the id: <id>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | id |
        | 🗑️ |

  Rule: Filtering assistants by name or id returns only matching assistants

    @ASSISTANT-7 @alone
    Scenario Outline: The first assistant that a filter by <field> returns is emptied
      Given another assistant with 2 sessions
      When I look up assistants with the query <query>
      And I send to the first of them: <request>
      Then no sessions remain
      And both sessions of the other assistant remain

      Examples:
        | field | query               | request                           |
        | name  | name=ASSISTANT-NAME | {"ids": null, "delete_all": true} |
        | id    | id=ASSISTANT        | {"ids": null, "delete_all": true} |

    @ASSISTANT-8
    Scenario Outline: A filter by an unknown <field> returns no assistant
      Given another assistant with 2 sessions
      When I look up assistants with the query <query>
      Then the request is answered: no assistant matches
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | field | query           |
        | name  | name=invalid_id |
        | id    | id=invalid_id   |
