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

  Rule: The number of sessions makes no difference

    @BULK-8
    Scenario: 60 of 100 sessions in one request
      Given an assistant with 100 sessions
      When I delete 60 of the 100 sessions, evenly spread
      Then the deletion succeeds
      And the other 40 sessions remain

    @BULK-9
    Scenario Outline: An assistant with <count> is emptied by a list
      Given an assistant with <count>
      When I delete <all>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | count       | all             |
        | 1 session   | session 1       |
        | 2 sessions  | both sessions   |
        | 30 sessions | all 30 sessions |
        | 31 sessions | all 31 sessions |

  @until-0.24
  Rule: Up to release 0.24, a request without a list deletes any number of sessions

    @BULK-6
    Scenario Outline: <count> and an empty list
      Given an assistant with <count>
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | count        | request     |
        | 1 session    | {"ids": []} |
        | 2 sessions   | {"ids": []} |
        | 30 sessions  | {"ids": []} |
        | 31 sessions  | {"ids": []} |
        | 101 sessions | {"ids": []} |

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
    Scenario Outline: <count> and "delete all"
      Given an assistant with <count>
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | count        | request              |
        | 1 session    | {"delete_all": true} |
        | 2 sessions   | {"delete_all": true} |
        | 30 sessions  | {"delete_all": true} |
        | 31 sessions  | {"delete_all": true} |
        | 101 sessions | {"delete_all": true} |

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
