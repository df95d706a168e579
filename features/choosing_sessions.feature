Feature: Choosing which sessions to delete
  People pick one session, or some, or all of them. What they picked is deleted,
  and what they did not pick stays.

  Background:
    Given an assistant with 5 sessions

  Rule: The sessions that are named are deleted, and no others

    @CHOICE-1 @smoke
    Scenario: One session
      When session 1 is deleted
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

    @CHOICE-2
    Scenario: Some sessions from the middle
      When sessions 2 and 4 are deleted
      Then the deletion succeeds
      And sessions 1, 3 and 5 remain

    @CHOICE-3 @smoke
    Scenario: All sessions
      When all 5 sessions are deleted
      Then the deletion succeeds
      And no sessions remain

    @CHOICE-8
    Scenario: One session after the other
      Given sessions 2 and 5 have been deleted
      When session 3 is deleted
      Then the deletion succeeds
      And sessions 1 and 4 remain

    @CHOICE-17
    Scenario: One session, at an address that ends in a slash
      When session 1 is deleted at an address that ends in a slash
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

  Rule: Where nothing that was named is there, nothing is deleted

    @CHOICE-4
    Scenario: Only an unknown session
      When a deletion is requested with an unknown session
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

  Rule: Whoever names no session means every session

    @CHOICE-5 @until-0.24
    Scenario: An empty list of sessions
      When a deletion is requested with an empty list of sessions
      Then the deletion succeeds
      And no sessions remain

    @CHOICE-6 @until-0.24 @not-0.22.1
    Scenario: Nothing at all
      When a deletion is requested with nothing at all
      Then the deletion succeeds
      And no sessions remain

    @CHOICE-10 @until-0.24
    Scenario Outline: No session is named, but there is <sent>
      When a deletion is requested with <sent>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | sent                             |
        | nothing at all, of no kind       |
        | an empty request                 |
        | an unset list of sessions        |
        | an empty text for the sessions   |
        | a zero for the sessions          |
        | a no for the sessions            |
        | an empty record for the sessions |

    @CHOICE-18 @until-0.24
    Scenario: There is no session left
      Given all 5 sessions have been deleted
      When a deletion is requested with an empty list of sessions
      Then the deletion succeeds
      And no sessions remain

  Rule: Whoever names no session deletes nothing

    @CHOICE-11 @from-0.25
    Scenario Outline: No session is named, and there is <sent>
      When a deletion is requested with <sent>
      Then there was nothing to delete
      And all 5 sessions remain

      Examples:
        | sent                                     |
        | an empty list of sessions                |
        | nothing at all                           |
        | nothing at all, of no kind               |
        | an empty request                         |
        | an unset list of sessions                |
        | an empty text for the sessions           |
        | a zero for the sessions                  |
        | a no for the sessions                    |
        | an empty record for the sessions         |
        | a remark only                            |
        | session 1 under the name SESSIONS        |
        | session 1 under the name session         |
        | session 1 under the name chosen sessions |

  Rule: Whoever wants to delete everything has to say so

    @CHOICE-12 @from-0.25
    Scenario Outline: It is said with <sent>
      When a deletion is requested with <sent>
      Then the deletion succeeds
      And no sessions remain

      Examples:
        | sent                         |
        | everything                   |
        | everything and an empty list |
        | everything and an unset list |

    @CHOICE-13 @from-0.25
    Scenario Outline: It is not quite said with <sent>
      When a deletion is requested with <sent>
      Then there was nothing to delete
      And all 5 sessions remain

      Examples:
        | sent                         |
        | not everything               |
        | everything, said with a one  |
        | everything, said with a text |

    @CHOICE-14 @from-0.25
    Scenario: There is nothing that could be deleted
      Given all 5 sessions have been deleted
      When a deletion is requested with everything
      Then there was nothing to delete
      And no sessions remain

  Rule: A list of sessions counts for more than the wish to delete everything

    @CHOICE-15
    Scenario: Everything is wanted, and one session is named
      When a deletion is requested with everything and session 1
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

    @CHOICE-16
    Scenario: Everything is wanted, and an unknown session is named
      When a deletion is requested with everything and an unknown session
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

  Rule: What is not a list of sessions deletes nothing

    @CHOICE-7
    Scenario: A text in the place of the list
      When a deletion is requested with a text
      Then the request is refused: a text is not a list of sessions
      And all 5 sessions remain
