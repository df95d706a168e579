Feature: A session's name and user make no difference
  A session may have a name of its own or the default name "New session", and may belong to a user.
  Whatever its name and user, exactly the listed session is deleted.
  
  "name" is the name of a session, exactly as shown: ⟨5C⟩ is a backslash, x{255} is 255 times the letter x,
  SESSION-1 is the id of session 1. "request" is sent exactly as shown.

  Rule: A session's name does not affect whether it is deleted or kept

    Background:
      Given an assistant with 2 sessions

    @KIND-1
    Scenario Outline: A session is deleted when its name is <what>
      Given another session named <name>
      When I delete the new session
      Then the deletion succeeds
      And both sessions remain

      Examples:
        | what                          | name          |
        | a text with an apostrophe     | it's mine     |
        | a text in quotation marks     | "mine"        |
        | a text with a backslash       | mine⟨5C⟩yours |
        | a text with a percent sign    | session %     |
        | an emoji                      | 🗑️            |
        | written from right to left    | שיחה          |
        | 255 letters long              | x{255}        |
        | a condition for the database  | ' OR '1' = '1 |
        | the same as that of session 1 | session 1     |
        | the id of session 1           | SESSION-1     |

    @KIND-2
    Scenario Outline: A session is kept when its name is <what>
      Given another session named <name>
      When I delete session 1
      Then the deletion succeeds
      And session 2 and the new one remain

      Examples:
        | what                         | name          |
        | a text with an apostrophe    | it's mine     |
        | a text in quotation marks    | "mine"        |
        | a text with a backslash      | mine⟨5C⟩yours |
        | a text with a percent sign   | session %     |
        | an emoji                     | 🗑️            |
        | written from right to left   | שיחה          |
        | 255 letters long             | x{255}        |
        | a condition for the database | ' OR '1' = '1 |
        | the id of session 1          | SESSION-1     |

  Rule: A session's name is returned as it was sent

    Background:
      Given an assistant with 2 sessions

    @KIND-8
    Scenario Outline: A new session, named <what>
      When session 3 is created for no user, named: <name>
      Then session 3 is called <name>
      And all 3 sessions remain

      Examples:
        | what                      | name          |
        | an emoji                  | 🗑️            |
        | a text with a backslash   | mine⟨5C⟩yours |
        | a text from right to left | שיחה          |

    @KIND-9
    Scenario Outline: A renamed session, named <what>
      When session 1 is renamed to <name>
      Then session 1 is called <name>
      And both sessions remain

      Examples:
        | what                      | name          |
        | an emoji                  | 🗑️            |
        | a text with a backslash   | mine⟨5C⟩yours |
        | a text from right to left | שיחה          |

  Rule: A renamed session is still the same session

    Background:
      Given an assistant with 5 sessions
      And session 3 has been renamed to session 1

    @KIND-3
    Scenario: The renamed session is deleted
      When I delete session 3
      Then the deletion succeeds
      And sessions 1, 2, 4 and 5 remain

    @KIND-4
    Scenario: The session whose former name another session now has is deleted
      When I delete session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

  Rule: Older clients can rename a session

    @KIND-10
    Scenario Outline: A session is renamed as <client> does it
      Given an assistant with 2 sessions
      When I make another call: <call>
      Then session 1 is called renamed

      Examples: ASSISTANT and SESSION-1 stand for ids
        | client                             | call                                                        |
        | RAGFlow's own Python client 0.22.1 | PUT /chats/ASSISTANT/sessions/SESSION-1 {"name": "renamed"} |

  Rule: A session is deleted whether or not it has a name or a user

    Background:
      Given an assistant with these sessions
        | session   | name      | user    |
        | session 1 | session 1 | user 1  |
        | session 2 | session 2 | user 1  |
        | session 3 | (no name) | user 2  |
        | session 4 | (no name) | no user |
        | session 5 | session 5 | no user |
      And another assistant with these sessions
        | session   | name      | user    |
        | session 1 | session 1 | user 1  |
        | session 2 | (no name) | no user |

    @KIND-5
    Scenario Outline: <what>
      When I delete <sessions>
      Then the deletion succeeds
      And <others> remain, and each in the list of its user
      And both sessions of the other assistant remain

      Examples:
        | what                                    | sessions         | others                 |
        | One of two sessions of a user           | session 1        | sessions 2, 3, 4 and 5 |
        | All sessions of a user                  | sessions 1 and 2 | sessions 3, 4 and 5    |
        | A session without a name                | session 4        | sessions 1, 2, 3 and 5 |
        | A session of a user, and one of no user | sessions 3 and 5 | sessions 1, 2 and 4    |
        | All of them                             | all 5 sessions   | no sessions            |

    @KIND-6
    Scenario Outline: Everything is deleted with <what>
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
        | what         | request              |
        | "delete all" | {"delete_all": true} |

    @KIND-7
    Scenario Outline: The request also names a different user
      When I send: <request>
      Then the deletion succeeds
      And sessions 1, 2, 4 and 5 remain, and each in the list of its user
      And both sessions of the other assistant remain

      Examples:
        | request                                     |
        | {"ids": ["SESSION-3"], "user_id": "user 1"} |
