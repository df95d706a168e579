Feature: The list shows the sessions that are there
  Whoever wants to know what a deletion has left reads the list of sessions, page after page.
  What is read from it must be true.

  Background:
    Given an assistant with 5 sessions

  Rule: Page after page, the list shows every session once, the newest first

    @LIST-1
    Scenario Outline: Page <page> of a list with 2 sessions a page
      When I read page <page> of the list, with 2 sessions a page
      Then the list shows <sessions>

      Examples:
        | page | sessions         |
        | 1    | sessions 4 and 5 |
        | 2    | sessions 2 and 3 |
        | 3    | session 1        |
        | 4    | no sessions      |

    @LIST-15
    Scenario: One session a page
      When I read page 2 of the list, with 1 session a page
      Then the list shows session 4

    @LIST-2
    Scenario: After a deletion the pages close up
      Given session 4 has been deleted
      When I read page 2 of the list, with 2 sessions a page
      Then the list shows sessions 1 and 2

    @LIST-8
    Scenario: Without a page, the list shows 30 sessions
      Given an assistant with 31 sessions
      When I read the list
      Then the list shows sessions 2 to 31
