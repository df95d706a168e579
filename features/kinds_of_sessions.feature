Feature: Sessions of every kind
  Sessions have names, or are simply called "New session". Some belong to a user of the assistant.
  Whatever it is called and whose it is: the session that is listed is deleted, and no other.
  
  "name" is the name of a session, letter for letter: ⟨5C⟩ is a backslash, x{255} is 255 times the letter x,
  SESSION-1 is the id of session 1. "request" is what is sent.

  Rule: A session is deleted whatever its name is, and whatever its name is it stays

    Background:
      Given an assistant with 2 sessions

    @KIND-1
    Scenario Outline: A session is deleted whose name is <what>
      Given another session named <name>
      When I delete the new session
      Then the deletion succeeds
      And both sessions remain

      Examples:
        | what                          | name          |
        | one with an apostrophe        | it's mine     |
        | one in quotation marks        | "mine"        |
        | one with a backslash          | mine⟨5C⟩yours |
        | one with a percent sign       | session %     |
        | an emoji                      | 🗑️            |
        | written from right to left    | שיחה          |
        | 255 letters long              | x{255}        |
        | a condition for the database  | ' OR '1' = '1 |
        | the same as that of session 1 | session 1     |
        | the id of session 1           | SESSION-1     |

    @KIND-2
    Scenario Outline: A session stays whose name is <what>
      Given another session named <name>
      When I delete session 1
      Then the deletion succeeds
      And session 2 and the new one remain

      Examples:
        | what                         | name          |
        | one with an apostrophe       | it's mine     |
        | one in quotation marks       | "mine"        |
        | one with a backslash         | mine⟨5C⟩yours |
        | one with a percent sign      | session %     |
        | an emoji                     | 🗑️            |
        | written from right to left   | שיחה          |
        | 255 letters long             | x{255}        |
        | a condition for the database | ' OR '1' = '1 |
        | the id of session 1          | SESSION-1     |

  Rule: A session that was renamed is the same session

    Background:
      Given an assistant with 5 sessions
      And session 3 has been renamed to session 1

    @KIND-3
    Scenario: The renamed session is deleted
      When I delete session 3
      Then the deletion succeeds
      And sessions 1, 2, 4 and 5 remain

    @KIND-4
    Scenario: The session is deleted whose name another one has now
      When I delete session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

  Rule: Whose a session is, and whether it has a name of its own, makes no difference

    Background:
      Given an assistant with these sessions
        | session   | name      | user   |
        | session 1 | session 1 | user 1 |
        | session 2 | session 2 | user 1 |
        | session 3 | (no name) | user 2 |
        | session 4 | (no name) | nobody |
        | session 5 | session 5 | nobody |
      And another assistant with these sessions
        | session   | name      | user   |
        | session 1 | session 1 | user 1 |
        | session 2 | (no name) | nobody |

    @KIND-5
    Scenario Outline: <what>
      When I delete <sessions>
      Then the deletion succeeds
      And <others> remain, and each in the list of its user
      And both sessions of the other assistant remain

      Examples:
        | what                                   | sessions         | others                 |
        | One of two sessions of a user          | session 1        | sessions 2, 3, 4 and 5 |
        | All sessions of a user                 | sessions 1 and 2 | sessions 3, 4 and 5    |
        | A session without a name of its own    | session 4        | sessions 1, 2, 3 and 5 |
        | A session of a user, and one of nobody | sessions 3 and 5 | sessions 1, 2 and 4    |
        | All of them                            | all 5 sessions   | no sessions            |

    @KIND-6
    Scenario Outline: Everything is deleted, with <what>
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      @until-0.24
      Examples: up to release 0.24
        | what          | request     |
        | an empty list | {"ids": []} |

      @from-0.25
      Examples: from release 0.25 on
        | what                | request              |
        | the wish to do that | {"delete_all": true} |

    @KIND-7
    Scenario Outline: Beside the list stands another user than that of the session
      When I send: <request>
      Then the deletion succeeds
      And sessions 1, 2, 4 and 5 remain, and each in the list of its user
      And both sessions of the other assistant remain

      Examples:
        | request                                     |
        | {"ids": ["SESSION-3"], "user_id": "user 1"} |
