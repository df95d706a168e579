Feature: Cleaning up a busy assistant
  An assistant that has been in use for months has very many sessions.
  They can be deleted in one go.
  
  "request" is what is sent, letter for letter.

  Rule: One request may list as many sessions as there are

    @BULK-1 @scale
    Scenario: 1,000 sessions in one request
      Given an assistant with 1,000 sessions
      When I delete all 1,000 sessions
      Then the deletion succeeds
      And no sessions remain

    @BULK-2 @huge
    Scenario: 10,000 sessions in one request
      Given an assistant with 10,000 sessions
      When I delete all 10,000 sessions
      Then the deletion succeeds
      And no sessions remain

  @until-0.24
  Rule: Up to release 0.24, everything can be deleted without a list, however much there is

    @BULK-6
    Scenario Outline: <count> sessions, and an empty list
      Given an assistant with <count> sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | count | request     |
        | 31    | {"ids": []} |
        | 101   | {"ids": []} |

    @BULK-3 @scale
    Scenario Outline: 1,001 sessions, and an empty list
      Given an assistant with 1,001 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | request     |
        | {"ids": []} |

  @from-0.25
  Rule: From release 0.25 on, everything can be deleted where that is asked for, however much there is

    @BULK-7
    Scenario Outline: <count> sessions, and the wish to delete everything
      Given an assistant with <count> sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | count | request              |
        | 31    | {"delete_all": true} |
        | 101   | {"delete_all": true} |

    @BULK-4 @scale
    Scenario Outline: 1,001 sessions, and the wish to delete everything
      Given an assistant with 1,001 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | request              |
        | {"delete_all": true} |

  Rule: Every session that could not be deleted is told, however many there are

    @BULK-5
    Scenario Outline: <count> unknown sessions in one request
      Given an assistant with 5 sessions
      When I try to delete <count> unknown sessions
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      Examples:
        | count |
        | 1,000 |
        | 3,000 |
