Feature: Deleting very many sessions
  An assistant that has been in use for months has very many sessions.
  One request can delete them all.
  
  "request" is sent exactly as shown.

  Rule: One request can delete any number of listed sessions

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
  Rule: Up to release 0.24, a request without a list deletes any number of sessions

    @BULK-6
    Scenario Outline: <count> sessions and an empty list
      Given an assistant with <count> sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | count | request     |
        | 31    | {"ids": []} |
        | 101   | {"ids": []} |

    @BULK-3 @scale
    Scenario Outline: 1,001 sessions and an empty list
      Given an assistant with 1,001 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | request     |
        | {"ids": []} |

  @from-0.25
  Rule: From release 0.25 on, "delete all" deletes any number of sessions

    @BULK-7
    Scenario Outline: <count> sessions and "delete all"
      Given an assistant with <count> sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | count | request              |
        | 31    | {"delete_all": true} |
        | 101   | {"delete_all": true} |

    @BULK-4 @scale
    Scenario Outline: 1,001 sessions and "delete all"
      Given an assistant with 1,001 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | request              |
        | {"delete_all": true} |

  Rule: Every session that could not be deleted is reported, however many there are

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
