Feature: Only a valid API key may delete sessions
  An API key says which tenant is asking. Whoever asks without one, or with one that
  RAGFlow does not know, is turned away before anything is deleted.

  Background:
    Given an assistant with 5 sessions

  Rule: Nobody deletes without an API key

    @AUTH-1 @smoke
    Scenario: Somebody without an API key
      When somebody with no API key deletes all 5 sessions
      Then the request is refused: the API key is missing
      And all 5 sessions remain

    @AUTH-3
    Scenario: Somebody with an empty API key
      When somebody with an empty API key deletes all 5 sessions
      Then the request is refused: the API key is missing
      And all 5 sessions remain

    @AUTH-4
    Scenario Outline: Somebody with <key>
      When somebody with <key> deletes all 5 sessions
      Then the request is refused: the API key is malformed
      And all 5 sessions remain

      Examples:
        | key                                     |
        | the word Bearer and no API key          |
        | the word Bearer, a blank and no API key |
        | one word that is no API key             |

  Rule: Nobody deletes with an API key that RAGFlow does not know

    @AUTH-2
    Scenario: Somebody with an unknown API key
      When somebody with an unknown API key deletes all 5 sessions
      Then the request is refused: the API key is unknown
      And all 5 sessions remain

    @AUTH-5
    Scenario Outline: Somebody with <key>
      When somebody with <key> deletes all 5 sessions
      Then the request is refused: the API key is unknown
      And all 5 sessions remain

      Examples:
        | key                                 |
        | the first half of a valid API key   |
        | a valid API key and one letter more |
        | an API key of 10,000 letters        |
        | a database trick for an API key     |
        | a percent sign for an API key       |

  Rule: Who is turned away for want of a valid API key is told so in a way that every program understands

    @AUTH-6
    Scenario Outline: Somebody with <key> is unauthorized
      When somebody with <key> deletes all 5 sessions
      Then the request is refused as unauthorized
      And all 5 sessions remain

      Examples:
        | key                            |
        | no API key                     |
        | an unknown API key             |
        | the word Bearer and no API key |

  Rule: A valid API key opens, in the forms that the release takes

    @AUTH-7
    Scenario Outline: Somebody with <key>
      When somebody with <key> deletes session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

      Examples: in every release
        | key                                                       |
        | a valid API key                                           |
        | a valid API key behind two blanks                         |
        | a valid API key behind the word bearer in small letters   |
        | a valid API key behind the word BEARER in capital letters |

      @until-0.24
      Examples: up to 0.24
        | key                                   |
        | a valid API key behind the word Basic |
        | a valid API key behind the word Token |
        | a valid API key and a further word    |

      @from-0.25
      Examples: from 0.25 on
        | key                                     |
        | a valid API key without the word Bearer |

    @AUTH-8
    Scenario Outline: Somebody with <key> in a form that is not taken
      When somebody with <key> deletes session 1
      Then the request is refused: <reason>
      And all 5 sessions remain

      @until-0.24
      Examples: up to 0.24
        | key                                     | reason                   |
        | a valid API key without the word Bearer | the API key is malformed |

      @from-0.25
      Examples: from 0.25 on
        | key                                   | reason                 |
        | a valid API key behind the word Basic | the API key is unknown |
        | a valid API key behind the word Token | the API key is unknown |
        | a valid API key and a further word    | the API key is unknown |

  Rule: The API key is looked at first, then the assistant, then what is asked for

    @AUTH-9
    Scenario Outline: Everything is wrong, and somebody has <key>
      When somebody with <key> sends words that are no list to an unknown assistant
      Then the request is refused: <reason>
      And all 5 sessions remain

      Examples:
        | key                | reason                   |
        | no API key         | the API key is missing   |
        | an unknown API key | the API key is unknown   |
        | a valid API key    | the assistant is unknown |
