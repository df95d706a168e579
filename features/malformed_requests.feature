Feature: Requests that are not quite what they should be
  Programs make mistakes: they send half a list, or a number, or a list under a wrong name.
  A mistake must not cost anybody a session, and whoever made it must be able to see so.

  Background:
    Given an assistant with 5 sessions

  Rule: A request that cannot be understood deletes nothing

    @ODD-1
    Scenario Outline: It cannot be read: <sent>
      When a deletion is requested with <sent>
      Then all 5 sessions remain

      Examples:
        | sent                         |
        | words that are no list       |
        | a list that breaks off       |
        | a list with a comma too many |

    @ODD-2
    Scenario: It cannot be read, and does not say of what kind it is
      When a deletion is requested with words that are no list, of no kind
      Then all 5 sessions remain

    @ODD-20
    Scenario: It is no text at all
      When a deletion is requested with signs that are no text
      Then all 5 sessions remain

    @ODD-3
    Scenario Outline: It is nothing but <sent>
      When a deletion is requested with <sent>
      Then all 5 sessions remain

      Examples:
        | sent               |
        | an empty text      |
        | a zero             |
        | a no               |
        | an empty bare list |

    @ODD-4
    Scenario: It is an explicit nothing
      When a deletion is requested with an explicit nothing
      Then all 5 sessions remain

    @ODD-5
    Scenario: It is deeper than anybody can read
      When a deletion is requested with a list in a list, 10,000 deep
      Then all 5 sessions remain

  Rule: A request never deletes a session that it does not name

    @ODD-6
    Scenario Outline: The list stands under a wrong name: <sent>
      When a deletion is requested with <sent>
      Then at least sessions 2, 3, 4 and 5 remain

      Examples:
        | sent                                     |
        | session 1 under the name SESSIONS        |
        | session 1 under the name session         |
        | session 1 under the name chosen sessions |

    @ODD-7
    Scenario Outline: The list is of another kind: <sent>
      When a deletion is requested with <sent>
      Then at least sessions 2, 3, 4 and 5 remain

      Examples:
        | sent                             |
        | session 1, said to be plain text |
        | session 1, said to be of no kind |

    @ODD-8
    Scenario: The list is said to be a form
      When a deletion is requested with session 1, said to be a form
      Then at least sessions 2, 3, 4 and 5 remain

    @ODD-9
    Scenario: The list is in the address
      When a deletion is requested with nothing but session 1 in the address
      Then at least sessions 2, 3, 4 and 5 remain

    @ODD-21 @from-0.25
    Scenario: The list is in the address, and nothing is named
      When a deletion is requested with nothing but session 1 in the address
      Then there was nothing to delete
      And all 5 sessions remain

  Rule: A request that cannot be read is refused

    @ODD-10 @from-0.22.1 @not-0.23
    Scenario Outline: The answer to <sent>
      When a deletion is requested with <sent>
      Then the request is refused: it cannot be read
      And all 5 sessions remain

      Examples:
        | sent                         |
        | words that are no list       |
        | a list that breaks off       |
        | a list with a comma too many |

    @ODD-11 @from-0.24
    Scenario Outline: The answer to <sent>
      When a deletion is requested with <sent>
      Then the request is refused: it is not in a form that RAGFlow reads
      And all 5 sessions remain

      Examples:
        | sent                                      |
        | words that are no list, of no kind        |
        | session 1, said to be plain text          |
        | session 1, said to be of no kind          |
        | session 1, said to be for another program |

  Rule: What is not a list of sessions is refused

    @ODD-12
    Scenario Outline: In the place of the whole request stands <sent>
      When a deletion is requested with <sent>
      Then the request is refused: <reason>
      And all 5 sessions remain

      Examples: in every release
        | sent        | reason                             |
        | a text      | a text is not a list of sessions   |
        | a bare list | a list does not say what it lists  |
        | a number    | a number is not a list of sessions |
        | a yes       | a yes is not a list of sessions    |

      @from-0.24
      Examples: from 0.24 on
        | sent                | reason                            |
        | an explicit nothing | nothing is not a list of sessions |

    @ODD-13
    Scenario Outline: In the place of the sessions stands <sent>
      When a deletion is requested with <sent>
      Then the request is refused: <reason>
      And all 5 sessions remain

      Examples:
        | sent                      | reason                                       |
        | a number for the sessions | a number stands in the place of the sessions |
        | a yes for the sessions    | a yes stands in the place of the sessions    |

    @ODD-14
    Scenario Outline: In the place of a session stands <sent>
      When a deletion is requested with <sent>
      Then the request is refused: <reason>
      And all 5 sessions remain

      Examples:
        | sent                             | reason                                    |
        | session 1 in a list of its own   | a list stands in the place of a session   |
        | session 1 in a record of its own | a record stands in the place of a session |
        | session 1 and a record           | a record stands in the place of a session |

  Rule: What is not a session of the assistant is unknown, whatever it looks like

    @ODD-15
    Scenario Outline: <sent>
      When a deletion is requested with <sent>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

      Examples: in every release
        | sent                        |
        | a text for the sessions     |
        | the numbers 1 and 2         |
        | the number 0                |
        | a yes as a session          |
        | an empty name               |
        | an asterisk                 |
        | a percent sign              |
        | 32 underscores              |
        | a database trick            |
        | a database command          |
        | a name in Chinese           |
        | a name in Arabic            |
        | a name of 1,000 letters     |
        | the first half of session 1 |
        | session 1 and a letter more |
        | the name of session 1       |
        | the assistant itself        |

      @from-0.23
      Examples: from 0.23 on
        | sent                      |
        | the letters abc as a form |

  Rule: A session is named by what identifies it, to the letter

    @ODD-19
    Scenario: It is named in capital letters
      When a deletion is requested with session 1 in capital letters
      Then all 5 sessions remain

  Rule: An answer never reports a deletion that did not happen

    @ODD-16
    Scenario Outline: The list holds <sent>
      When a deletion is requested with <sent>
      Then all 5 sessions remain
      And the answer reports no deletion

      Examples:
        | sent                  |
        | a nameless session    |
        | two nameless sessions |

  Rule: A nameless session does not save the others

    @ODD-17
    Scenario: A nameless session among those that have a name
      When a deletion is requested with a nameless session and session 1
      Then sessions 2, 3, 4 and 5 remain

  Rule: A list is read in every form that the release knows

    @ODD-18
    Scenario Outline: <sent>
      When a deletion is requested with <sent>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain

      Examples: in every release
        | sent                                |
        | session 1, with the alphabet stated |
        | session 1 and 5 million blanks      |
        | session 1 as the title of a record  |

      @until-0.23 @not-0.22.1
      Examples: up to 0.23
        | sent                             |
        | session 1, said to be plain text |
        | session 1, said to be of no kind |
        | session 1, said to be a form     |

      @until-0.23
      Examples: up to 0.23, 0.22.1 included
        | sent                                      |
        | session 1, said to be for another program |

  Rule: No answer shows the inside of RAGFlow

    @INSIDE-1
    Scenario Outline: The answer to <sent>
      When a deletion is requested with <sent>
      Then the answer shows nothing of the inside of RAGFlow

      Examples:
        | sent                           |
        | a text                         |
        | a number for the sessions      |
        | session 1 in a list of its own |

    @INSIDE-2
    Scenario: The answer to a list of sessions in an unknown order
      When the sessions are listed in an unknown order
      Then the answer shows nothing of the inside of RAGFlow
