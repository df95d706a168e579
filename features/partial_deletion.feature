Feature: Deleting existing and unknown sessions in one request
  People delete from lists that may be out of date. Existing sessions are deleted,
  and the answer reports the ids that are unknown.
  
  "request" is sent exactly as shown: SESSION-1 stands for the id of session 1, ⟨D83D⟩ for half of an emoji.

  Background:
    Given an assistant with 5 sessions

  Rule: An unknown session does not stop the others from being deleted

    @PARTIAL-1
    Scenario Outline: The unknown session is placed <where>
      When I delete all 5 sessions and an unknown one, placed <where>
      Then the answer says: 5 deleted, 1 unknown
      And no sessions remain

      Examples:
        | where         |
        | first         |
        | in the middle |
        | last          |

    @PARTIAL-2
    Scenario: Some of the sessions and two unknown ones
      When I delete sessions 2 and 4 and 2 unknown ones
      Then the answer says: 2 deleted, 2 unknown
      And sessions 1, 3 and 5 remain

    @PARTIAL-5
    Scenario: Two of the sessions and 150 unknown ones
      When I delete sessions 2 and 4 and 150 unknown ones
      Then the answer says: 2 deleted, 150 unknown
      And sessions 1, 3 and 5 remain

  Rule: A session that was deleted earlier counts as unknown

    @PARTIAL-3
    Scenario: A deleted session among existing ones
      Given session 1 has been deleted
      When I delete sessions 1, 2 and 3
      Then the answer says: 2 deleted, 1 unknown
      And sessions 4 and 5 remain

  Rule: If all listed sessions are unknown, the answer names each of them

    @PARTIAL-4
    Scenario: Several unknown sessions
      When I try to delete 3 unknown sessions
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

  Rule: An id that RAGFlow cannot look up affects no other session, and the answer reports what was deleted

    Background:
      Given another assistant with 2 sessions

    @PARTIAL-6
    Scenario Outline: An emoji is listed <where>
      When I send: <request>
      Then the answer says: 4 deleted, 1 unknown
      And session 5 remains
      And both sessions of the other assistant remain

      Examples:
        | where         | request                                                             |
        | first         | {"ids": ["🗑️", "SESSION-1", "SESSION-2", "SESSION-3", "SESSION-4"]} |
        | in the middle | {"ids": ["SESSION-1", "SESSION-2", "🗑️", "SESSION-3", "SESSION-4"]} |

    @PARTIAL-7
    Scenario Outline: The only id is <what>
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what                           | request                             |
        | an emoji                       | {"ids": ["🗑️"]}                     |
        | the id of session 1, and emoji | {"ids": ["SESSION-1🗑️"]}            |
        | an emoji, beside "delete all"  | {"ids": ["🗑️"], "delete_all": true} |

    @PARTIAL-8
    Scenario Outline: Half of an emoji is listed
      When I send: <request>
      Then the answer says: 4 deleted, 1 unknown
      And session 5 remains
      And both sessions of the other assistant remain

      Examples:
        | request                                                                 |
        | {"ids": ["SESSION-1", "SESSION-2", "⟨D83D⟩", "SESSION-3", "SESSION-4"]} |
