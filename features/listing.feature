Feature: The list shows the sessions that are there
  Whoever wants to know what a deletion has left reads the list of sessions, page after page.
  What is read from it must be true.
  
  "words" are what stands behind the "?" of the address: SESSION-1 is the id of session 1, OTHER-SESSION-1 that of a
  session of the other assistant.

  Background:
    Given an assistant with 5 sessions, created one after the other

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
      Given an assistant with 31 sessions, created one after the other
      When I read the list
      Then the list shows sessions 2 to 31

  Rule: A filter chooses among the sessions of the assistant, and only among them

    Background:
      Given another assistant with 2 sessions

    @LIST-20
    Scenario Outline: The list is filtered by <filter>
      When I read the list with <words> behind the address
      Then the list shows <sessions>

      Examples:
        | filter                                   | words                       | sessions    |
        | an id                                    | id=SESSION-2                | session 2   |
        | a name                                   | name=session 2              | session 2   |
        | the id of a session of another assistant | id=OTHER-SESSION-2          | no sessions |
        | the id of one and the name of another    | id=SESSION-2&name=session 1 | no sessions |
        | a user that there is not                 | user_id=nobody              | no sessions |
        | an id that is unknown                    | id=invalid_id               | no sessions |

  Rule: Only the tenant of an assistant sees its sessions

    @LIST-21 @tenants
    Scenario: Another tenant reads the list
      When another tenant reads the list
      Then the answer is a refusal, and shows no session

    @LIST-22 @tenants
    Scenario Outline: Another tenant reads the list, filtered by <filter>
      When another tenant reads the list with <words> behind the address
      Then the answer is a refusal, and shows no session

      Examples:
        | filter | words          |
        | an id  | id=SESSION-1   |
        | a name | name=session 1 |
