Feature: Nobody can delete what belongs to others
  Assistants belong to a tenant, and sessions belong to an assistant. No request deletes
  anything that belongs to another tenant or to another assistant.
  
  "request" is sent exactly as shown: SESSION-1 stands for the id of session 1, OTHER-SESSION-1 for the id of a session
  of the other assistant, OTHER-ASSISTANT for that assistant's id, TENANT and OTHER-TENANT for the ids of the tenants.
  (no content) is a request without a body; it may still declare a content type.

  Background:
    Given an assistant with 5 sessions

  Rule: Deleting from another tenant's assistant is refused

    @ISOLATION-1 @tenants
    Scenario Outline: Another tenant tries to delete: <what>
      When another tenant sends: <request>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | what               | request                        |
        | session 1          | {"ids": ["SESSION-1"]}         |
        | an unknown session | {"ids": ["invalid_id"]}        |
        | an empty list      | {"ids": []}                    |
        | an empty request   | (no content, declared as JSON) |
        | everything         | {"delete_all": true}           |

    @ISOLATION-26 @tenants
    Scenario: Another tenant tries twice
      Given another tenant has tried to delete session 1
      When another tenant tries to delete sessions 1 and 2
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

    @ISOLATION-2 @tenants
    Scenario: My sessions, through another tenant's assistant
      Given an assistant of another tenant with 2 sessions
      When I try to delete all 5 sessions through the other assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-3 @tenants
    Scenario: Another tenant's sessions, through that tenant's assistant
      Given an assistant of another tenant with 2 sessions
      When I try to delete both sessions of the other assistant through the other assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-23 @tenants
    Scenario: Another tenant deletes sessions of its own assistant
      Given an assistant of another tenant with 2 sessions
      When through the other assistant, its owner deletes both sessions of the other assistant
      Then the deletion succeeds
      And all 5 sessions remain
      And no sessions of the other assistant remain

    @ISOLATION-4 @tenants
    Scenario Outline: I try to empty another tenant's assistant with <what>
      Given an assistant of another tenant with 2 sessions
      When I send through the other assistant: <request>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | what             | request                        |
        | an empty list    | {"ids": []}                    |
        | an empty request | (no content, declared as JSON) |
        | "delete all"     | {"delete_all": true}           |

  @alone @tenants @teams @from-0.27
  Rule: From release 0.27 on, only the owner of an assistant can delete its sessions
    A guest was invited to my team, a member has accepted, and a former member was removed again. For each of these
    scenarios, another tenant joins my team for a moment, and may get an e-mail. They run only with tenants that exist
    for tests.

    @ISOLATION-27
    Scenario Outline: Another tenant, <who> of my team, tries to delete <what>
      Given another tenant is <who> of my team
      When another tenant sends: <request>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | who             | what       | request                |
        | a guest         | session 1  | {"ids": ["SESSION-1"]} |
        | a guest         | everything | {"delete_all": true}   |
        | a member        | session 1  | {"ids": ["SESSION-1"]} |
        | a member        | everything | {"delete_all": true}   |
        | a former member | session 1  | {"ids": ["SESSION-1"]} |
        | a former member | everything | {"delete_all": true}   |

    @ISOLATION-28
    Scenario Outline: Another tenant, <who> of my team, reads the list
      Given another tenant is <who> of my team
      When another tenant reads the list
      Then the answer is a refusal, and shows no session

      Examples:
        | who             |
        | a guest         |
        | a member        |
        | a former member |

  Rule: The sessions of another tenant are unknown to my assistant

    @ISOLATION-5 @tenants
    Scenario: Only sessions of another tenant
      Given an assistant of another tenant with 2 sessions
      When I try to delete both sessions of the other assistant
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-6 @tenants
    Scenario: Sessions of another tenant among my own
      Given an assistant of another tenant with 2 sessions
      When I delete sessions 1 and 2 and both sessions of the other assistant
      Then the answer says: 2 deleted, 2 unknown
      And sessions 3, 4 and 5 remain
      And both sessions of the other assistant remain

  Rule: An assistant's sessions are unknown to every other assistant of the same tenant

    @ISOLATION-7
    Scenario: Only sessions of another assistant
      Given another assistant with 2 sessions
      When I try to delete both sessions of the other assistant
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-8
    Scenario: Sessions of another assistant among its own
      Given another assistant with 2 sessions
      When I delete sessions 1 and 2 and both sessions of the other assistant
      Then the answer says: 2 deleted, 2 unknown
      And sessions 3, 4 and 5 remain
      And both sessions of the other assistant remain

    @ISOLATION-22
    Scenario: Changes to another assistant do not affect this one
      Given another assistant with 2 sessions
      And session 3 of the other assistant has been created for no user, named: session 1
      And session 1 of the other assistant has been renamed to session 5
      When through the other assistant, its owner deletes session 1 of the other assistant
      Then the deletion succeeds
      And all 5 sessions remain
      And sessions 2 and 3 of the other assistant remain

  Rule: The sessions of a deleted assistant can no longer be reached

    @ISOLATION-9
    Scenario Outline: I try to delete from a deleted assistant: <what>
      Given the assistant has been deleted
      When I send: <request>
      Then the request is refused: the assistant is unknown

      Examples:
        | what          | request                |
        | session 1     | {"ids": ["SESSION-1"]} |
        | an empty list | {"ids": []}            |
        | everything    | {"delete_all": true}   |

    @ISOLATION-10
    Scenario: A session of a deleted assistant, through another one
      Given another assistant with 2 sessions
      And the other assistant has been deleted
      When I try to delete both sessions of the other assistant
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain

    @ISOLATION-24
    Scenario: Deleting an assistant leaves another one unchanged
      Given another assistant with 2 sessions
      When the other assistant is deleted
      Then the request is answered: the assistant is deleted
      And all 5 sessions remain
      And the other assistant is gone

    @ISOLATION-25
    Scenario: The sessions of an assistant that was deleted
      Given another assistant with 2 sessions
      And the assistant has been deleted
      When I try to create session 6 for no user, named: session 6
      Then the request is refused: an unknown assistant gets no sessions
      And the assistant is gone
      And both sessions of the other assistant remain

  Rule: Deleting all sessions affects one assistant only

    @ISOLATION-11
    Scenario Outline: Another assistant of the same tenant keeps its sessions after <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      @until-0.24
      Examples: up to release 0.24
        | what             | request      |
        | an empty list    | {"ids": []}  |
        | an empty request | (no content) |

      @from-0.25
      Examples: from release 0.25 on
        | what       | request              |
        | everything | {"delete_all": true} |

    @ISOLATION-12 @tenants
    Scenario Outline: An assistant of another tenant keeps its sessions after <what>
      Given an assistant of another tenant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      @until-0.24
      Examples: up to release 0.24
        | what             | request      |
        | an empty list    | {"ids": []}  |
        | an empty request | (no content) |

      @from-0.25
      Examples: from release 0.25 on
        | what       | request              |
        | everything | {"delete_all": true} |

  Rule: Assistants with the same name are separate

    Background:
      Given an assistant of another tenant, of the same name, with 2 sessions

    @ISOLATION-13 @tenants
    Scenario: Some sessions are deleted
      When I delete sessions 1 and 2
      Then the deletion succeeds
      And sessions 3, 4 and 5 remain
      And both sessions of the other assistant remain

    @ISOLATION-14 @tenants
    Scenario: I try to delete the sessions of the other assistant with the same name
      When I try to delete both sessions of the other assistant
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-15 @tenants
    Scenario: I try to delete my sessions through the other assistant with the same name
      When I try to delete all 5 sessions through the other assistant
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
      And both sessions of the other assistant remain

    @ISOLATION-16 @tenants
    Scenario Outline: Everything is deleted with <what>
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      @until-0.24
      Examples: up to release 0.24
        | what          | request     |
        | an empty list | {"ids": []} |

      @from-0.25
      Examples: from release 0.25 on
        | what         | request              |
        | "delete all" | {"delete_all": true} |

  Rule: Only the address selects the assistant, and only the API key identifies the tenant

    @ISOLATION-17
    Scenario Outline: The request also names <what>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain
      And both sessions of the other assistant remain

      Examples:
        | what                            | request                                                |
        | another assistant, as chat_id   | {"ids": ["SESSION-1"], "chat_id": "OTHER-ASSISTANT"}   |
        | another assistant, as dialog_id | {"ids": ["SESSION-1"], "dialog_id": "OTHER-ASSISTANT"} |
        | another session, as session_id  | {"ids": ["SESSION-1"], "session_id": "SESSION-2"}      |
        | another session, as id          | {"ids": ["SESSION-1"], "id": "OTHER-SESSION-1"}        |
        | a user that does not exist      | {"ids": ["SESSION-1"], "user_id": "nobody"}            |
        | a tenant that does not exist    | {"ids": ["SESSION-1"], "tenant_id": "nobody"}          |

    @ISOLATION-18
    Scenario Outline: Everything is deleted; the request also names another assistant, as <field>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And no sessions remain
      And both sessions of the other assistant remain

      @until-0.24
      Examples: up to release 0.24
        | field     | request                                     |
        | chat_id   | {"ids": [], "chat_id": "OTHER-ASSISTANT"}   |
        | dialog_id | {"ids": [], "dialog_id": "OTHER-ASSISTANT"} |

      @from-0.25
      Examples: from release 0.25 on
        | field     | request                                              |
        | chat_id   | {"delete_all": true, "chat_id": "OTHER-ASSISTANT"}   |
        | dialog_id | {"delete_all": true, "dialog_id": "OTHER-ASSISTANT"} |

    @ISOLATION-19
    Scenario Outline: A session of another assistant is listed; the request also names that assistant, as <field>
      Given another assistant with 2 sessions
      When I send: <request>
      Then the request is refused: none of the sessions is known
      And all 5 sessions remain
      And both sessions of the other assistant remain

      Examples:
        | field     | request                                                      |
        | chat_id   | {"ids": ["OTHER-SESSION-1"], "chat_id": "OTHER-ASSISTANT"}   |
        | dialog_id | {"ids": ["OTHER-SESSION-1"], "dialog_id": "OTHER-ASSISTANT"} |

    @ISOLATION-20 @tenants
    Scenario Outline: Another tenant tries to impersonate me, with <field>
      When another tenant sends: <request>
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain

      Examples:
        | field     | request                                       |
        | tenant_id | {"ids": ["SESSION-1"], "tenant_id": "TENANT"} |
        | user_id   | {"ids": ["SESSION-1"], "user_id": "TENANT"}   |

    @ISOLATION-21 @tenants
    Scenario Outline: The request also names another tenant, as <field>
      Given an assistant of another tenant with 2 sessions
      When I send: <request>
      Then the deletion succeeds
      And sessions 2, 3, 4 and 5 remain
      And both sessions of the other assistant remain

      Examples:
        | field     | request                                             |
        | tenant_id | {"ids": ["SESSION-1"], "tenant_id": "OTHER-TENANT"} |
        | user_id   | {"ids": ["SESSION-1"], "user_id": "OTHER-TENANT"}   |
