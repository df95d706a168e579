Feature: Whatever people do, in whatever order
  Two tenants create, list, rename and delete sessions in their assistants, as it comes. What a request does follows
  from what is there, and not from what was done before: the rules of the other features hold behind every step.
  
  Stories are told by chance, each with assistants of its own. Where one does not go as the rules have it, the shortest
  that is found is shown as a scenario.

  Rule: In whatever order things are done, every answer is true, and exactly what was deleted is gone

    @EXPLORE-1 @explore
    Scenario: As many stories as are wanted
      When as many stories are told as are wanted, each up to 20 steps long
      Then every answer in them is the one that follows from the rules
      And behind every step each assistant has exactly the sessions that it should have

    @EXPLORE-2 @long
    Scenario Outline: A few stories, the same in every run, by the seed <seed>
      When 3 stories are told by the seed <seed>, each up to 20 steps long
      Then every answer in them is the one that follows from the rules
      And behind every step each assistant has exactly the sessions that it should have

      Examples:
        | seed |
        | 1    |
        | 2    |
