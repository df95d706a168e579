Feature: A malformed request deletes nothing
  Programs make mistakes: they send half a list, a number instead of a list, or the list in the wrong field.
  A mistake must never delete a session, and the answer must report the mistake.
  
  "request" is sent exactly as shown. SESSION-1 stands for the id of session 1, SESSION-1[:16] for its first half,
  SESSION-1[CAPITALS] for the id in capital letters, [ACCENTS] with accents, [FULL-WIDTH] in full-width letters;
  ASSISTANT stands for the id of the assistant, KEY[:20] for the first 20 characters of an API key, ⟨FF⟩ for a byte
  that is not valid UTF-8, ⟨D83D⟩ for half of an emoji, ⟨5C⟩ for a backslash, ␠ for a space, x{1000} for 1,000 times the letter x.
  "declared as" is the content type of the request: JSON if the scenario does not mention it, none for (nothing).
  (no content) is a request without a body; it may still declare a content type.

  Background:
    Given an assistant with 5 sessions

  Rule: An unreadable request deletes nothing

    Background:
      Given another assistant with 2 sessions

    @ODD-1 @picture
    Scenario Outline: The request <mistake>
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | mistake            | request                 |
        | has an extra comma | {"ids": ["SESSION-1",]} |
        | ends in the middle | {"ids": ["SESSION-1     |
        | is plain text      | not json                |

    @ODD-2
    Scenario Outline: The request is plain text, declared as <declared as>
      When I send as <declared as>: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | declared as | request  |
        | (nothing)   | not json |

    @ODD-20
    Scenario Outline: The request is not valid UTF-8
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain
      And the answer reports no deletion

      Examples:
        | request               |
        | {"ids": ["⟨FF⟩⟨FE⟩"]} |

    @ODD-3
    Scenario Outline: The whole request is <value>, and deletes nothing
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain
      And the answer reports no deletion

      Examples:
        | value         | request |
        | an empty text | ""      |
        | zero          | 0       |
        | false         | false   |
        | an empty list | []      |

    @ODD-4
    Scenario Outline: The whole request is <value>, and deletes nothing
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain
      And the answer reports no deletion

      Examples:
        | value | request |
        | null  | null    |

    @ODD-5
    Scenario Outline: The list is nested <depth> levels deep
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain
      And the answer reports no deletion

      Examples:
        | depth  | request                   |
        | 10,000 | {"ids": [{10000}]{10000}} |

  Rule: Data after the JSON object makes a request invalid

    Background:
      Given another assistant with 2 sessions

    @ODD-25 @picture
    Scenario Outline: The request contains <what>
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain
      And the answer reports no deletion

      Examples:
        | what                             | request                                       |
        | a list, and words after it       | {"ids": ["SESSION-1"]} words                  |
        | a list, and a bracket after it   | {"ids": ["SESSION-1"]}]                       |
        | two lists                        | {"ids": ["SESSION-1"]} {"ids": ["SESSION-2"]} |
        | "delete all", and words after it | {"delete_all": true} words                    |

  @until-0.24
  Rule: Up to release 0.24, a list in the wrong place never deletes a session that is not in it

    Background:
      Given another assistant with 2 sessions

    @ODD-6 @picture
    Scenario Outline: The list is in the field <field>
      When I send: <request>
      Then sessions 2, 3, 4 and 5 remain; session 1 may be deleted
      And both sessions of the other assistant remain

      Examples:
        | field       | request                        |
        | id          | {"id": "SESSION-1"}            |
        | IDS         | {"IDS": ["SESSION-1"]}         |
        | session_ids | {"session_ids": ["SESSION-1"]} |

    @ODD-9
    Scenario Outline: The list is in the query string
      When I send with the query <query>: <request>
      Then sessions 2, 3, 4 and 5 remain; session 1 may be deleted
      And both sessions of the other assistant remain

      Examples:
        | query         | request      |
        | ids=SESSION-1 | (no content) |

  @from-0.25
  Rule: From release 0.25 on, a list in the query string is ignored

    Background:
      Given another assistant with 2 sessions

    @ODD-21
    Scenario Outline: The only list is in the query string
      When I send with the query <query>: <request>
      Then there was nothing to delete
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | query         | request      |
        | ids=SESSION-1 | (no content) |

  Rule: Only listed sessions are deleted, whatever content type the request declares

    Background:
      Given another assistant with 2 sessions

    @ODD-7 @picture
    Scenario Outline: The list is declared as <declared as>
      When I send as <declared as>: <request>
      Then sessions 2, 3, 4 and 5 remain; session 1 may be deleted
      And both sessions of the other assistant remain

      Examples:
        | declared as | request                |
        | text/plain  | {"ids": ["SESSION-1"]} |
        | (nothing)   | {"ids": ["SESSION-1"]} |

    @ODD-8
    Scenario Outline: The list is declared as a form: <declared as>
      When I send as <declared as>: <request>
      Then sessions 2, 3, 4 and 5 remain; session 1 may be deleted
      And both sessions of the other assistant remain

      Examples:
        | declared as                       | request                |
        | application/x-www-form-urlencoded | {"ids": ["SESSION-1"]} |

  Rule: Releases that detect an unreadable request refuse it

    @ODD-10
    Scenario Outline: Refused: a request that <mistake>
      When I send: <request>
      Then the request is refused: it cannot be read
      And all 5 sessions remain

      @from-0.22.1 @not-0.23
      Examples: from release 0.22.1 on, but not in 0.23
        | mistake            | request                 |
        | has an extra comma | {"ids": ["SESSION-1",]} |
        | ends in the middle | {"ids": ["SESSION-1     |
        | is plain text      | not json                |

      @only-0.22.1
      Examples: in release 0.22.1
        | mistake                        | request                        |
        | is declared as JSON, but empty | (no content, declared as JSON) |

    @ODD-11
    Scenario Outline: Refused: <what>, declared as <declared as>
      When I send as <declared as>: <request>
      Then the request is refused: RAGFlow does not read its content type
      And all 5 sessions remain

      @from-0.24 @not-go
      Examples: from release 0.24 on, but not on the Go server
        | what       | declared as              | request                |
        | plain text | (nothing)                | not json               |
        | a list     | text/plain               | {"ids": ["SESSION-1"]} |
        | a list     | (nothing)                | {"ids": ["SESSION-1"]} |
        | a list     | application/vnd.api+json | {"ids": ["SESSION-1"]} |

  Rule: A value that is not a list of sessions is refused

    Background:
      Given another assistant with 2 sessions

    @ODD-12
    Scenario Outline: The whole request is <value>
      When I send: <request>
      Then the request is refused: <value> is not a request
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples: in every release
        | value       | request       |
        | a text      | "SESSION-1"   |
        | a bare list | ["SESSION-1"] |
        | a number    | 5             |
        | true        | true          |

      @from-0.24 @not-go
      Examples: from release 0.24 on, but not on the Go server
        | value | request |
        | null  | null    |

    @ODD-13
    Scenario Outline: The list is replaced by <value>
      When I send: <request>
      Then the request is refused: <value> is not a list of sessions
      And all 5 sessions remain
      And both sessions of the other assistant remain

      @not-go
      Examples: but not on the Go server
        | value    | request       |
        | a number | {"ids": 5}    |
        | true     | {"ids": true} |

    @ODD-14
    Scenario Outline: An id is replaced by <value> <what>
      When I send: <request>
      Then the request is refused: <value> is not an id
      And all 5 sessions remain
      And both sessions of the other assistant remain

      @not-go
      Examples: but not on the Go server
        | value     | what                    | request                          |
        | a list    | that contains session 1 | {"ids": [["SESSION-1"]]}         |
        | an object | that contains session 1 | {"ids": [{"id": "SESSION-1"}]}   |
        | an object | after session 1         | {"ids": ["SESSION-1", {"a": 1}]} |

  Rule: Any id that is not a session of the assistant is unknown

    @ODD-15
    Scenario Outline: The list contains <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

      @not-go
      Examples: but not on the Go server
        | what                                   | request         |
        | a text, which is read letter by letter | {"ids": "abc"}  |
        | numbers                                | {"ids": [1, 2]} |
        | zero                                   | {"ids": [0]}    |
        | true                                   | {"ids": [true]} |
        | an empty id                            | {"ids": [""]}   |

      Examples: in every release
        | what                           | request                                      |
        | an asterisk                    | {"ids": ["*"]}                               |
        | a percent sign                 | {"ids": ["%"]}                               |
        | 32 underscores                 | {"ids": ["_{32}"]}                           |
        | a condition for the database   | {"ids": ["' OR '1'='1"]}                     |
        | a command for the database     | {"ids": ["x'; DROP TABLE conversation; --"]} |
        | Chinese                        | {"ids": ["会话"]}                            |
        | Arabic                         | {"ids": ["جلسة"]}                            |
        | 1,000 letters                  | {"ids": ["x{1000}"]}                         |
        | the first half of session 1    | {"ids": ["SESSION-1[:16]"]}                  |
        | the last half of session 1     | {"ids": ["SESSION-1[16:]"]}                  |
        | session 1 with an extra letter | {"ids": ["SESSION-1x"]}                      |
        | the name of session 1          | {"ids": ["session 1"]}                       |
        | the assistant's own id         | {"ids": ["ASSISTANT"]}                       |

    @ODD-22
    Scenario Outline: A form contains <what>
      When I send as <declared as>: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      @from-0.23 @not-go
      Examples: from release 0.23 on, but not on the Go server
        | what    | declared as                       | request |
        | letters | application/x-www-form-urlencoded | ids=abc |

  Rule: An id must match exactly, letter for letter

    Background:
      Given another assistant with 2 sessions

    @ODD-19
    Scenario Outline: The id of session 1 is written in capital letters
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | request                          |
        | {"ids": ["SESSION-1[CAPITALS]"]} |

    @ODD-23
    Scenario Outline: The id of session 1 is written with <what>
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

      @not-go
      Examples: but not on the Go server
        | what                  | request                     |
        | a space before it     | {"ids": ["␠SESSION-1"]}     |
        | a space after it      | {"ids": ["SESSION-1␠"]}     |
        | a tab before it       | {"ids": ["⟨5C⟩tSESSION-1"]} |
        | a tab after it        | {"ids": ["SESSION-1⟨5C⟩t"]} |
        | a line break after it | {"ids": ["SESSION-1⟨5C⟩n"]} |

      Examples: in every release
        | what                      | request                            |
        | quotation marks around it | {"ids": ["⟨5C⟩"SESSION-1⟨5C⟩""]}   |
        | apostrophes around it     | {"ids": ["'SESSION-1'"]}           |
        | accents                   | {"ids": ["SESSION-1[ACCENTS]"]}    |
        | full-width letters        | {"ids": ["SESSION-1[FULL-WIDTH]"]} |

  @only-go
  Rule: The Go server ignores white space around an id

    @ODD-24
    Scenario Outline: The id of session 1 has <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the answer says: <summary>
      And sessions 2, 3, 4 and 5 remain
      And both sessions of the other assistant remain

      Examples:
        | what                            | request                              | summary               |
        | a space before it               | {"ids": ["␠SESSION-1"]}              | 1 deleted             |
        | a space after it                | {"ids": ["SESSION-1␠"]}              | 1 deleted             |
        | a tab before it                 | {"ids": ["⟨5C⟩tSESSION-1"]}          | 1 deleted             |
        | a tab after it                  | {"ids": ["SESSION-1⟨5C⟩t"]}          | 1 deleted             |
        | a line break after it           | {"ids": ["SESSION-1⟨5C⟩n"]}          | 1 deleted             |
        | a space before it, and once not | {"ids": ["SESSION-1", "␠SESSION-1"]} | 1 deleted, 1 repeated |

  Rule: An answer never reports a deletion that did not happen

    Background:
      Given another assistant with 2 sessions

    @ODD-16
    Scenario Outline: The list contains <what>
      When I send: <request>
      Then the answer reports no deletion
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what      | request               |
        | a null    | {"ids": [null]}       |
        | two nulls | {"ids": [null, null]} |

  Rule: A value that is not an id does not stop other sessions from being deleted

    Background:
      Given another assistant with 2 sessions

    @ODD-17
    Scenario Outline: The list contains session 1 and <what>
      When I send: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain
      And both sessions of the other assistant remain

      Examples: in every release
        | what   | request                      |
        | a null | {"ids": [null, "SESSION-1"]} |

      @only-go
      Examples: on the Go server
        | what      | request                               |
        | a number  | {"ids": [7, "SESSION-1"]}             |
        | true      | {"ids": [true, "SESSION-1"]}          |
        | a list    | {"ids": [["SESSION-2"], "SESSION-1"]} |
        | an object | {"ids": ["SESSION-1", {"a": 1}]}      |
        | a space   | {"ids": ["␠", "SESSION-1"]}           |

  Rule: A list is accepted in every format the release supports

    @ODD-18
    Scenario Outline: Accepted: a list <how>, declared as <declared as>
      When I send as <declared as>: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

      Examples: in every release
        | how                            | declared as                     | request                          |
        | as documented                  | application/json; charset=utf-8 | {"ids": ["SESSION-1"]}           |
        | with 5 million spaces after it | application/json                | {"ids": ["SESSION-1"]}␠{5000000} |

      @not-go
      Examples: but not on the Go server
        | how               | declared as      | request                   |
        | that is an object | application/json | {"ids": {"SESSION-1": 1}} |

      @only-go
      Examples: on the Go server
        | how           | declared as                       | request                |
        | as documented | text/plain                        | {"ids": ["SESSION-1"]} |
        | as documented | (nothing)                         | {"ids": ["SESSION-1"]} |
        | as documented | application/x-www-form-urlencoded | {"ids": ["SESSION-1"]} |
        | as documented | application/vnd.api+json          | {"ids": ["SESSION-1"]} |

      @until-0.23 @not-0.22.1
      Examples: up to release 0.23, but not in 0.22.1
        | how           | declared as                       | request                |
        | as documented | text/plain                        | {"ids": ["SESSION-1"]} |
        | as documented | (nothing)                         | {"ids": ["SESSION-1"]} |
        | as documented | application/x-www-form-urlencoded | {"ids": ["SESSION-1"]} |

      @until-0.23
      Examples: up to release 0.23
        | how           | declared as              | request                |
        | as documented | application/vnd.api+json | {"ids": ["SESSION-1"]} |

  Rule: Answers show no internal details of RAGFlow

    @INSIDE-1
    Scenario Outline: The answer to <what>
      When I send: <request>
      Then the answer shows no internal details

      Examples:
        | what                        | request                  |
        | a text as the whole request | "not json"               |
        | a number for the list       | {"ids": 5}               |
        | a list for an id            | {"ids": [["SESSION-1"]]} |

  Rule: Answers contain no command for the database, whatever characters a request contains

    @INSIDE-7
    Scenario Outline: The only id is <what>
      When I send: <request>
      Then the answer shows no internal details
      And the request causes no unexpected error
      And all 5 sessions remain

      Examples:
        | what                                    | request                   |
        | half of an emoji                        | {"ids": ["⟨D83D⟩"]}       |
        | an emoji, its halves in the wrong order | {"ids": ["⟨DE00⟩⟨D83D⟩"]} |
        | the digits 401 and half of an emoji     | {"ids": ["401⟨D83D⟩"]}    |

    @INSIDE-8
    Scenario Outline: The name of a session ends in half of an emoji
      When I try to create session 6 for no user, named: <text>
      Then the answer shows no internal details
      And the request causes no unexpected error

      Examples:
        | text    |
        | a⟨D83D⟩ |

  Rule: Answers carry no cookie, no key and no internal details

    @INSIDE-3
    Scenario Outline: The answer to <what>
      When I send: <request>
      Then the answer carries no cookie, no key and no internal details

      Examples:
        | what                          | request                              |
        | a deletion                    | {"ids": ["SESSION-1"]}               |
        | a partial deletion            | {"ids": ["SESSION-1", "invalid_id"]} |
        | a deletion without effect     | {"ids": ["invalid_id"]}              |
        | a request that cannot be read | {"ids": ["SESSION-1                  |

    @INSIDE-5
    Scenario Outline: The refusal of <what>
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the answer carries no cookie, no key and no internal details

      Examples:
        | what                     | authorization          |
        | an unknown key           | Bearer invalid_key_123 |
        | the start of a valid key | Bearer KEY[:20]        |

    @INSIDE-6
    Scenario: The list
      When I read the list
      Then the answer carries no cookie, no key and no internal details

  Rule: An unknown id is returned unchanged, whatever its characters

    @INSIDE-4
    Scenario Outline: An id is returned unchanged: <what>
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      Examples:
        | what                 | request                     |
        | letters              | {"ids": ["שיחה 会话 é"]}    |
        | letters and an emoji | {"ids": ["שיחה 会话 🗑️ é"]} |
