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

    @LIST-2
    Scenario: After a deletion the pages close up
      Given session 4 has been deleted
      When page 2 of the list is read, with 2 sessions a page
      Then the list shows sessions 1 and 2

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
      When page 1 of the list is read, with <size> sessions a page
      Then the list shows all 5 sessions

      Examples:
        | size |
        | 0    |
        | -1   |
