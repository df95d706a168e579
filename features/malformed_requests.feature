Feature: A malformed request deletes nothing
  Programs make mistakes: they send half a list, a number for a list, or the list in a wrong field.
  A mistake must never cost a session, and the answer must say that it was one.
  
  "request" is what is sent, letter for letter. SESSION-1 stands for the id of session 1, SESSION-1[:16] for its
  first half, SESSION-1[CAPITALS] for the whole in capital letters, [ACCENTS] for it with accents, [FULL-WIDTH] for
  it in letters of full width; ASSISTANT stands for the id of the assistant, KEY[:20] for the first 20 letters of an API
  key, ⟨FF⟩ for a byte that belongs to no text, ⟨5C⟩ for a backslash, ␠ for a blank, x{1000} for 1,000 times the letter x.
  "declared as" is the kind of content that the sender states: the documented one where nothing else is said, none
  where it is (nothing).
  (no content …) is a request without any, whatever kind of content it states.

  Background:
    Given an assistant with 5 sessions

  Rule: A request that cannot be read deletes nothing

    Background:
      Given another assistant with 2 sessions

    @ODD-1 @picture
    Scenario Outline: The request <mistake>
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | mistake                  | request                 |
        | has a comma too many     | {"ids": ["SESSION-1",]} |
        | breaks off in the middle | {"ids": ["SESSION-1     |
        | is plain words           | not json                |

    @ODD-2
    Scenario Outline: The request is plain words, declared as <declared as>
      When I send as <declared as>: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | declared as | request  |
        | (nothing)   | not json |

    @ODD-20
    Scenario Outline: The request holds bytes of no text
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
    Scenario Outline: The list is <depth> lists deep
      When I send: <request>
      Then all 5 sessions remain
      And both sessions of the other assistant remain
      And the answer reports no deletion

      Examples:
        | depth  | request                   |
        | 10,000 | {"ids": [{10000}]{10000}} |

  @until-0.24
  Rule: Up to release 0.24, a list in a wrong place never deletes a session that is not in it

    Background:
      Given another assistant with 2 sessions

    @ODD-6 @picture
    Scenario Outline: The list is in the field <field>
      When I send: <request>
      Then sessions 2, 3, 4 and 5 remain, whatever becomes of session 1
      And both sessions of the other assistant remain

      Examples:
        | field       | request                        |
        | id          | {"id": "SESSION-1"}            |
        | IDS         | {"IDS": ["SESSION-1"]}         |
        | session_ids | {"session_ids": ["SESSION-1"]} |

    @ODD-9
    Scenario Outline: The list is behind the "?" of the address
      When I send with <words> behind the address: <request>
      Then sessions 2, 3, 4 and 5 remain, whatever becomes of session 1
      And both sessions of the other assistant remain

      Examples:
        | words         | request      |
        | ids=SESSION-1 | (no content) |

  @from-0.25
  Rule: From release 0.25 on, a list behind the "?" of the address is no list

    Background:
      Given another assistant with 2 sessions

    @ODD-21
    Scenario Outline: There is no other list than the one behind the "?" of the address
      When I send with <words> behind the address: <request>
      Then there was nothing to delete
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | words         | request      |
        | ids=SESSION-1 | (no content) |

  Rule: Only sessions in the list are deleted, whatever the request is declared as

    Background:
      Given another assistant with 2 sessions

    @ODD-7 @picture
    Scenario Outline: The list is declared as <declared as>
      When I send as <declared as>: <request>
      Then sessions 2, 3, 4 and 5 remain, whatever becomes of session 1
      And both sessions of the other assistant remain

      Examples:
        | declared as | request                |
        | text/plain  | {"ids": ["SESSION-1"]} |
        | (nothing)   | {"ids": ["SESSION-1"]} |

    @ODD-8
    Scenario Outline: The list is declared as a form: <declared as>
      When I send as <declared as>: <request>
      Then sessions 2, 3, 4 and 5 remain, whatever becomes of session 1
      And both sessions of the other assistant remain

      Examples:
        | declared as                       | request                |
        | application/x-www-form-urlencoded | {"ids": ["SESSION-1"]} |

  Rule: A request that cannot be read is refused by every release that notices it

    @ODD-10
    Scenario Outline: Refused: a request that <mistake>
      When I send: <request>
      Then the request is refused: it cannot be read
      And all 5 sessions remain

      @from-0.22.1 @not-0.23
      Examples: from release 0.22.1 on, but not in 0.23
        | mistake                  | request                 |
        | has a comma too many     | {"ids": ["SESSION-1",]} |
        | breaks off in the middle | {"ids": ["SESSION-1     |
        | is plain words           | not json                |

      @only-0.22.1
      Examples: in release 0.22.1
        | mistake                                | request                        |
        | states a kind of content, and has none | (no content, declared as JSON) |

    @ODD-11
    Scenario Outline: Refused: <what>, declared as <declared as>
      When I send as <declared as>: <request>
      Then the request is refused: it is not in a form that RAGFlow reads
      And all 5 sessions remain

      @from-0.24
      Examples: from release 0.24 on
        | what        | declared as              | request                |
        | plain words | (nothing)                | not json               |
        | a list      | text/plain               | {"ids": ["SESSION-1"]} |
        | a list      | (nothing)                | {"ids": ["SESSION-1"]} |
        | a list      | application/vnd.api+json | {"ids": ["SESSION-1"]} |

  Rule: What is not a list of sessions is refused

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

      @from-0.24
      Examples: from release 0.24 on
        | value | request |
        | null  | null    |

    @ODD-13
    Scenario Outline: In place of the list stands <value>
      When I send: <request>
      Then the request is refused: <value> is not a list of sessions
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | value    | request       |
        | a number | {"ids": 5}    |
        | true     | {"ids": true} |

    @ODD-14
    Scenario Outline: In place of an id stands <value> <what>
      When I send: <request>
      Then the request is refused: <value> is not an id
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | value     | what                 | request                          |
        | a list    | with session 1 in it | {"ids": [["SESSION-1"]]}         |
        | an object | with session 1 in it | {"ids": [{"id": "SESSION-1"}]}   |
        | an object | behind session 1     | {"ids": ["SESSION-1", {"a": 1}]} |

  Rule: What is no session of the assistant is unknown, whatever it looks like

    @ODD-15
    Scenario Outline: The list holds <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what                          | request                                      |
        | letters, for it is a text     | {"ids": "abc"}                               |
        | numbers                       | {"ids": [1, 2]}                              |
        | zero                          | {"ids": [0]}                                 |
        | true                          | {"ids": [true]}                              |
        | an empty id                   | {"ids": [""]}                                |
        | an asterisk                   | {"ids": ["*"]}                               |
        | a percent sign                | {"ids": ["%"]}                               |
        | 32 underscores                | {"ids": ["_{32}"]}                           |
        | a condition for the database  | {"ids": ["' OR '1'='1"]}                     |
        | a command for the database    | {"ids": ["x'; DROP TABLE conversation; --"]} |
        | Chinese                       | {"ids": ["会话"]}                            |
        | Arabic                        | {"ids": ["جلسة"]}                            |
        | 1,000 letters                 | {"ids": ["x{1000}"]}                         |
        | the first half of session 1   | {"ids": ["SESSION-1[:16]"]}                  |
        | the last half of session 1    | {"ids": ["SESSION-1[16:]"]}                  |
        | session 1 and one letter more | {"ids": ["SESSION-1x"]}                      |
        | the name of session 1         | {"ids": ["session 1"]}                       |
        | the assistant's own id        | {"ids": ["ASSISTANT"]}                       |

    @ODD-22
    Scenario Outline: A form holds <what>
      When I send as <declared as>: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      @from-0.23
      Examples: from release 0.23 on
        | what    | declared as                       | request |
        | letters | application/x-www-form-urlencoded | ids=abc |

  Rule: An id must match exactly, letter for letter

    Background:
      Given another assistant with 2 sessions

    @ODD-19
    Scenario Outline: The id of session 1 is in capital letters
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

      Examples:
        | what                      | request                            |
        | a blank before it         | {"ids": ["␠SESSION-1"]}            |
        | a blank behind it         | {"ids": ["SESSION-1␠"]}            |
        | a tab before it           | {"ids": ["⟨5C⟩tSESSION-1"]}        |
        | a tab behind it           | {"ids": ["SESSION-1⟨5C⟩t"]}        |
        | the end of a line behind  | {"ids": ["SESSION-1⟨5C⟩n"]}        |
        | quotation marks around it | {"ids": ["⟨5C⟩"SESSION-1⟨5C⟩""]}   |
        | apostrophes around it     | {"ids": ["'SESSION-1'"]}           |
        | accents                   | {"ids": ["SESSION-1[ACCENTS]"]}    |
        | letters in full width     | {"ids": ["SESSION-1[FULL-WIDTH]"]} |

  Rule: An answer never reports a deletion that did not happen

    Background:
      Given another assistant with 2 sessions

    @ODD-16
    Scenario Outline: The list holds <what>
      When I send: <request>
      Then the answer reports no deletion
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what      | request               |
        | a null    | {"ids": [null]}       |
        | two nulls | {"ids": [null, null]} |

  Rule: What is no id does not stop the others from being deleted

    Background:
      Given another assistant with 2 sessions

    @ODD-17
    Scenario Outline: Beside session 1, the list holds <what>
      When I send: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain
      And both sessions of the other assistant remain

      Examples:
        | what   | request                      |
        | a null | {"ids": [null, "SESSION-1"]} |

  Rule: A list is read in every form that the release knows

    @ODD-18
    Scenario Outline: Read: a list <how>, declared as <declared as>
      When I send as <declared as>: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

      Examples: in every release
        | how                             | declared as                     | request                          |
        | as documented                   | application/json; charset=utf-8 | {"ids": ["SESSION-1"]}           |
        | with 5 million blanks behind it | application/json                | {"ids": ["SESSION-1"]}␠{5000000} |
        | that is an object               | application/json                | {"ids": {"SESSION-1": 1}}        |

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

  Rule: No answer shows the inside of RAGFlow

    @INSIDE-1
    Scenario Outline: The answer to <what>
      When I send: <request>
      Then the answer shows nothing of the inside of RAGFlow

      Examples:
        | what                        | request                  |
        | a text as the whole request | "not json"               |
        | a number as the list        | {"ids": 5}               |
        | a list in place of an id    | {"ids": [["SESSION-1"]]} |

  Rule: With an answer comes nothing else

    @INSIDE-3
    Scenario Outline: The answer to <what>
      When I send: <request>
      Then neither a cookie nor a key nor anything of the inside of RAGFlow comes with the answer

      Examples:
        | what                          | request                              |
        | a deletion                    | {"ids": ["SESSION-1"]}               |
        | a deletion in part            | {"ids": ["SESSION-1", "invalid_id"]} |
        | the deletion of nothing       | {"ids": ["invalid_id"]}              |
        | a request that cannot be read | {"ids": ["SESSION-1                  |

    @INSIDE-5
    Scenario Outline: The refusal of <what>
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then neither a cookie nor a key nor anything of the inside of RAGFlow comes with the answer

      Examples:
        | what             | authorization          |
        | an unknown key   | Bearer invalid_key_123 |
        | the start of one | Bearer KEY[:20]        |

    @INSIDE-6
    Scenario: The list
      When I read the list
      Then neither a cookie nor a key nor anything of the inside of RAGFlow comes with the answer

    @INSIDE-4
    Scenario Outline: Letters of every alphabet come back as they were sent
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      Examples:
        | request                     |
        | {"ids": ["שיחה 会话 🗑️ é"]} |
