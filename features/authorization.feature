Feature: Deleting sessions requires a valid API key
  An API key tells RAGFlow which tenant sends a request. A request without a key, or with an
  unknown key, is refused before anything is deleted.
  
  "authorization" is sent exactly as shown: KEY stands for a valid API key, KEY[:20] for its first 20 characters
  (half of a shorter key), ␠ for a space, x{10000} for 10,000 times the letter x.

  Background:
    Given an assistant with 5 sessions

  Rule: Deleting without an API key is refused

    @AUTH-1 @smoke
    Scenario Outline: The authorization is missing
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the request is refused: the API key is missing
      And all 5 sessions remain

      Examples:
        | authorization |
        | (no header)   |

    @AUTH-3
    Scenario Outline: The authorization is empty
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the request is refused: the API key is missing
      And all 5 sessions remain

      Examples:
        | authorization  |
        | (empty header) |

    @AUTH-4
    Scenario Outline: The authorization is <mistake>
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the request is refused: the API key is malformed
      And all 5 sessions remain

      Examples:
        | mistake                     | authorization   |
        | the word Bearer only        | Bearer          |
        | the word Bearer and a space | Bearer␠         |
        | one word that is no API key | invalid_key_123 |

  Rule: Deleting with an unknown API key is refused

    @AUTH-2
    Scenario Outline: The API key is unknown
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the request is refused: the API key is unknown
      And all 5 sessions remain

      Examples:
        | authorization          |
        | Bearer invalid_key_123 |

    @AUTH-5
    Scenario Outline: The API key is <key>
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the request is refused: the API key is unknown
      And all 5 sessions remain

      Examples:
        | key                              | authorization       |
        | the beginning of a valid one     | Bearer KEY[:20]     |
        | a valid one with an extra letter | Bearer KEYx         |
        | 10,000 letters long              | Bearer x{10000}     |
        | a condition for the database     | Bearer x' OR '1'='1 |
        | a percent sign                   | Bearer %            |

  Rule: A request without a valid API key is answered as unauthorized

    @AUTH-6
    Scenario Outline: Unauthorized: <what>
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the request is refused as unauthorized
      And all 5 sessions remain

      Examples:
        | what                 | authorization          |
        | no API key           | (no header)            |
        | an unknown API key   | Bearer invalid_key_123 |
        | the word Bearer only | Bearer                 |

  Rule: A valid API key is accepted in every format the release supports

    @AUTH-7
    Scenario Outline: Accepted: <written>
      When I delete session 1, authorized by: <authorization>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

      Examples: in every release
        | written                   | authorization |
        | as documented             | Bearer KEY    |
        | with bearer in lower case | bearer KEY    |
        | with BEARER in upper case | BEARER KEY    |

      @not-go
      Examples: but not on the Go server
        | written         | authorization |
        | with two spaces | Bearer␠␠KEY   |

      @only-go
      Examples: on the Go server
        | written              | authorization |
        | after the word Basic | Basic KEY     |
        | after the word Token | Token KEY     |
        | after any other word | Anything KEY  |

      @until-0.24
      Examples: up to release 0.24
        | written              | authorization    |
        | after the word Basic | Basic KEY        |
        | after the word Token | Token KEY        |
        | with an extra word   | Bearer KEY extra |

      @from-0.25
      Examples: from release 0.25 on
        | written                 | authorization |
        | without the word Bearer | KEY           |

    @AUTH-8
    Scenario Outline: Rejected: <written>
      When I try to delete session 1, authorized by: <authorization>
      Then the request is refused: <reason>
      And all 5 sessions remain

      @until-0.24
      Examples: up to release 0.24
        | written                 | authorization | reason                   |
        | without the word Bearer | KEY           | the API key is malformed |

      @from-0.25
      Examples: from release 0.25 on
        | written            | authorization    | reason                 |
        | with an extra word | Bearer KEY extra | the API key is unknown |

      @from-0.25 @not-go
      Examples: from release 0.25 on, but not on the Go server
        | written              | authorization | reason                 |
        | after the word Basic | Basic KEY     | the API key is unknown |
        | after the word Token | Token KEY     | the API key is unknown |
        | after any other word | Anything KEY  | the API key is unknown |

      @only-go
      Examples: on the Go server
        | written         | authorization | reason                 |
        | with two spaces | Bearer␠␠KEY   | the API key is unknown |

  Rule: RAGFlow checks the API key before the assistant and the request

    @AUTH-9
    Scenario Outline: The request and the assistant are invalid; the request has <what>
      When I send to an assistant with the id <id>, authorized by <authorization>: <request>
      Then the request is refused: <reason>
      And all 5 sessions remain

      Examples:
        | what               | authorization          | id                        | request  | reason                 |
        | no API key         | (no header)            | invalid_chat_assistant_id | not json | the API key is missing |
        | an unknown API key | Bearer invalid_key_123 | invalid_chat_assistant_id | not json | the API key is unknown |

      @not-go
      Examples: the assistant is checked before the request, but not on the Go server
        | what            | authorization | id                        | request  | reason                   |
        | a valid API key | Bearer KEY    | invalid_chat_assistant_id | not json | the assistant is unknown |

      @only-go
      Examples: the Go server checks the request before the assistant
        | what            | authorization | id                        | request  | reason            |
        | a valid API key | Bearer KEY    | invalid_chat_assistant_id | not json | it cannot be read |
