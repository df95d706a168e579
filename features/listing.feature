Feature: The list shows exactly the sessions that exist
  To find out which sessions remain after a deletion, people read the list of sessions, page by page.
  The list must be correct.
  
  "query" is the query string of the address: SESSION-1 stands for the id of session 1, OTHER-SESSION-1 for the id of a
  session of the other assistant.

  Background:
    Given an assistant with 5 sessions, created one after the other

  Rule: The pages of the list show every session once, newest first

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
    Scenario: One session per page
      When I read page 2 of the list, with 1 session a page
      Then the list shows session 4

    @LIST-2
    Scenario: The pages move up after a deletion
      Given session 4 has been deleted
      When I read page 2 of the list, with 2 sessions a page
      Then the list shows sessions 1 and 2

    @LIST-8
    Scenario: A request without a page number returns 30 sessions
      Given an assistant with 31 sessions, created one after the other
      When I read the list
      Then the list shows sessions 2 to 31

  Rule: A filter selects only from the sessions of the assistant

    Background:
      Given another assistant with 2 sessions

    @LIST-20
    Scenario Outline: The list is filtered by <filter>
      When I read the list with the query <query>
      Then the list shows <sessions>

      Examples:
        | filter                                   | query                       | sessions    |
        | an id                                    | id=SESSION-2                | session 2   |
        | a name                                   | name=session 2              | session 2   |
        | the id of a session of another assistant | id=OTHER-SESSION-2          | no sessions |
        | the id of one and the name of another    | id=SESSION-2&name=session 1 | no sessions |
        | a user that does not exist               | user_id=nobody              | no sessions |
        | an id that is unknown                    | id=invalid_id               | no sessions |

  Rule: A filter may contain any character

    @LIST-23
    Scenario Outline: The list is filtered by a name with an emoji
      When I read the list with the query <query>
      Then the list shows no sessions
      And all 5 sessions remain

      Examples:
        | query   |
        | name=🗑️ |

  Rule: Only the tenant that owns an assistant sees its sessions

    @LIST-21 @tenants
    Scenario: Another tenant reads the list
      When another tenant reads the list
      Then the answer is a refusal, and shows no session

    @LIST-22 @tenants
    Scenario Outline: Another tenant reads the list, filtered by <filter>
      When another tenant reads the list with the query <query>
      Then the answer is a refusal, and shows no session

      Examples:
        | filter | query          |
        | an id  | id=SESSION-1   |
        | a name | name=session 1 |

  Rule: A listed session has the same fields as a created one

    @LIST-24
    Scenario: A new session
      Given session 6 has been created for no user, named: session 6
      When I read the list
      Then the list shows the new session as it was created
      And all 6 sessions remain
