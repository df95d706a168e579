Feature: The rules hold for requests in any order
  Two tenants create, list, rename and delete sessions in their assistants, in random order. After every step, the
  answer and the remaining sessions must follow from the rules of the other features.
  
  Each random story has assistants of its own. If a story breaks a rule, the shortest failing sequence is shown as a
  scenario.

  Rule: After any sequence of requests, every answer is correct and exactly the deleted sessions are gone

    @EXPLORE-1 @explore
    Scenario: The requested number of random stories
      When the requested number of random stories is run, each up to 20 steps long
      Then every answer is correct
      And after every step each assistant has exactly the sessions it should have

    @EXPLORE-2 @long
    Scenario Outline: A few random stories with the fixed seed <seed>
      When 3 random stories are run with seed <seed>, each up to 20 steps long
      Then every answer is correct
      And after every step each assistant has exactly the sessions it should have

      Examples:
        | seed |
        | 1    |
        | 2    |
