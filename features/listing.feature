Feature: The list shows the sessions that are there
  Whoever wants to know what a deletion has left reads the list of sessions, page after page.
  What is read from it must be true.

  Background:
    Given an assistant with 5 sessions

  Rule: Page after page, the list shows every session once, the newest first

    @LIST-1
    Scenario Outline: Page <page> of a list with 2 sessions a page
      When page <page> of the list is read, with 2 sessions a page
      Then the list shows <sessions>

      Examples:
        | page | sessions         |
        | 1    | sessions 4 and 5 |
        | 2    | sessions 2 and 3 |
        | 3    | session 1        |
        | 4    | no sessions      |

    @LIST-15
    Scenario: One session a page
      When page 2 of the list is read, with 1 session a page
      Then the list shows session 4

    @LIST-2
    Scenario: After a deletion the pages close up
      Given session 4 has been deleted
      When page 2 of the list is read, with 2 sessions a page
      Then the list shows sessions 1 and 2

    @LIST-8
    Scenario: The list as it comes shows 30 sessions
      Given an assistant with 31 sessions
      When the list is read as it comes
      Then the list shows sessions 2 to 31

    @LIST-9
    Scenario Outline: Two sessions are read, the newest first: <wish>
      When 2 sessions of the list are read, the newest first: <wish>
      Then the list shows <sessions>

      Examples: in every release
        | wish    | sessions         |
        | true    | sessions 4 and 5 |
        | false   | sessions 1 and 2 |
        | False   | sessions 1 and 2 |
        | a       | sessions 4 and 5 |
        | perhaps | sessions 4 and 5 |

      @until-0.24
      Examples: up to 0.24
        | wish  | sessions         |
        | FALSE | sessions 4 and 5 |

      @from-0.25
      Examples: from 0.25 on
        | wish  | sessions         |
        | FALSE | sessions 1 and 2 |

  Rule: There is no page before the first one

    @LIST-10
    Scenario: Page 0 is the first page
      When page 0 of the list is read, with 2 sessions a page
      Then the list shows sessions 4 and 5

    @LIST-11 @from-0.27
    Scenario: Page -1 is the first page
      When page -1 of the list is read, with 2 sessions a page
      Then the list shows sessions 4 and 5

    @LIST-12 @until-0.23
    Scenario Outline: There is no page -1, of whatever size: <size>
      When page -1 of the list is read, with <size> sessions a page
      Then the request is refused: there is no such page

      Examples:
        | size |
        | 1    |
        | 2    |

    @LIST-17 @from-0.24 @until-0.26
    Scenario: Page -1 is refused
      When page -1 of the list is read, with 2 sessions a page
      Then the list is refused

  Rule: What is no number is no page

    @LIST-16 @until-0.26
    Scenario Outline: A word stands for the <what>
      When the list is read with a word for the <what>
      Then the request is refused: a word is not a number

      Examples:
        | what        |
        | page number |
        | page size   |

  Rule: What is no number is overlooked

    @LIST-18 @from-0.27
    Scenario Outline: A word stands for the <what>, and is overlooked
      When the list is read with a word for the <what>
      Then the list shows all 5 sessions

      Examples:
        | what        |
        | page number |
        | page size   |

  Rule: A page has room for as many sessions as somebody asks for

    @LIST-3 @until-0.25
    Scenario: 101 sessions a page
      When page 1 of the list is read, with 101 sessions a page
      Then the list shows all 5 sessions

  Rule: A page has room for no more than 100 sessions

    @LIST-4 @from-0.26
    Scenario: 100 sessions a page
      When page 1 of the list is read, with 100 sessions a page
      Then the list shows all 5 sessions

    @LIST-5 @from-0.26
    Scenario: 101 sessions a page are too many
      When page 1 of the list is read, with 101 sessions a page
      Then the request is refused: a page holds no more than 100 sessions

  Rule: A page without room shows nothing

    @LIST-6 @until-0.26
    Scenario: No sessions a page
      When page 1 of the list is read, with 0 sessions a page
      Then the list shows no sessions

  Rule: A page of an impossible size is read as one of the usual size

    @LIST-7 @from-0.27
    Scenario Outline: <size> sessions a page
      Given an assistant with 31 sessions
      When page 1 of the list is read, with <size> sessions a page
      Then the list shows sessions 2 to 31

      Examples:
        | size |
        | 0    |
        | -1   |

  Rule: A page of less than no sessions is refused

    @LIST-13 @until-0.23
    Scenario: -1 sessions a page
      When page 1 of the list is read, with -1 sessions a page
      Then the request is refused: there is no such page

    @LIST-19 @from-0.24 @until-0.24
    Scenario: -1 sessions a page are refused
      When page 1 of the list is read, with -1 sessions a page
      Then the list is refused

  Rule: A page of less than no sessions shows them all

    @LIST-14 @from-0.25 @until-0.26
    Scenario: -1 sessions a page are all of them
      Given an assistant with 31 sessions
      When page 1 of the list is read, with -1 sessions a page
      Then the list shows all 31 sessions
