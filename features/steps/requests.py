from behave import given, when
from hamcrest import assert_that

from acceptance.matchers.answers import has_outcome
from acceptance.sandbox import long_deletion, races
from acceptance.sandbox.actions import action


def ids_of(context, these):
    others = context.other_assistant.sessions if "other_assistant" in context else ()
    return these.ids(context.assistant.sessions, others, context.created if "created" in context else ())


@given("{these:Listing} have been deleted")
@given("{these:Listing} has been deleted")
def have_been_deleted(context, these):
    exchange = context.sender.delete(context.assistant, ids_of(context, these))
    assert_that(exchange.answer, has_outcome(context.contract.deletion(exchange.selection)))
    context.sender.expect_gone(exchange.selection.deleted)


# A list of sessions


@action("I delete {these:Listing}")
@action("I try to delete {these:Listing}")
def delete(context, these):
    context.sender.delete(context.assistant, ids_of(context, these))


@action("I delete {these:Listing}, authorized by: {authorization}")
@action("I try to delete {these:Listing}, authorized by: {authorization}")
def delete_authorized_by(context, these, authorization):
    context.sender.delete(context.assistant, ids_of(context, these), authorization=authorization)


@when("I delete {these:Listing} at an address that ends in a slash")
def delete_at_address_with_slash(context, these):
    context.sender.delete(context.assistant, ids_of(context, these), slash=True)


@when("I try to delete {these:Listing} from an assistant with the id: {id}")
def delete_from(context, these, id):
    context.sender.delete(context.assistant, ids_of(context, these), to=id)


@action("I try to delete {these:Listing} through the other assistant")
def delete_through_other_assistant(context, these):
    context.sender.delete(context.other_assistant, ids_of(context, these), asker=context.assistant.owner)


@action("through the other assistant, its owner deletes {these:Listing}")
@action("through the other assistant, its owner tries to delete {these:Listing}")
def owner_deletes_through_other_assistant(context, these):
    context.sender.delete(context.other_assistant, ids_of(context, these))


@action("another tenant tries to delete {these:Listing}")
def delete_as_other_tenant(context, these):
    context.sender.delete(context.assistant, ids_of(context, these), asker=context.target.other)


@when("I try to delete {these:Listing} without naming an assistant")
def delete_from_no_assistant(context, these):
    context.sender.delete(context.assistant, ids_of(context, these), to="", follow=True)


# A request, exactly as shown


@action("I send: {request}")
def send(context, request):
    context.sender.delete(context.assistant, context.sender.content(request))


@action("I send as {declared_as}: {request}")
def send_declared_as(context, declared_as, request):
    context.sender.delete(context.assistant, context.sender.content(request, declared_as))


@action("I send with the query {query}: {request}")
def send_with_query(context, query, request):
    context.sender.delete(context.assistant, context.sender.content(request), query=query)


@action("I send through the other assistant: {request}")
def send_through_other_assistant(context, request):
    context.sender.delete(context.other_assistant, context.sender.content(request), asker=context.assistant.owner)


@when("I send to an assistant with the id {id}, authorized by {authorization}: {request}")
def send_to(context, id, authorization, request):
    context.sender.delete(context.assistant, context.sender.content(request), to=id, authorization=authorization)


@action("another tenant sends: {request}")
def send_as_other_tenant(context, request):
    context.sender.delete(context.assistant, context.sender.content(request), asker=context.target.other)


@when("I make another call: {call}")
def make_another_call(context, call):
    context.sender.call(context.assistant, call)


# At the same time


@action("{these:Listing} are deleted, one request per session, {workers:d} at a time")
def delete_one_by_one(context, these, workers):
    races.delete_one_by_one(context.sender, {context.assistant: ids_of(context, these)}, workers)


@when("all sessions of both assistants are deleted, one request per session, {workers:d} at a time")
def delete_in_both(context, workers):
    lists = {each: each.session_ids for each in (context.assistant, context.other_assistant)}
    races.delete_one_by_one(context.sender, lists, workers)


@when("in each round {people:d} people delete the same session at the same time")
def delete_in_rounds(context, people):
    context.rounds = races.delete_in_rounds(context.sender, context.assistant, people)


@when("{people:d} people delete {these:Listing} at the same time")
def delete_same(context, people, these):
    races.delete_together(context.sender, context.assistant, [ids_of(context, these)] * people)


@when("two people delete {some:Listing} and two others {others:Listing}, at the same time")
def delete_overlapping(context, some, others):
    lists = [ids_of(context, some), ids_of(context, others)] * 2
    races.delete_together(context.sender, context.assistant, lists)


@when("all sessions are deleted, one request per session, while {count:d} others are created and the list is read")
def delete_among_others(context, count):
    context.created = races.delete_among_others(context.sender, context.sandbox, context.assistant, count)


@when("I delete so many sessions that it takes as long as 20 lists, while the other tenant reads its list repeatedly")
def delete_while_other_tenant_reads(context):
    race = long_deletion.delete_during_lists(
        context.sender, context.sandbox, context.assistant, context.other_assistant
    )
    context.assistant, context.race = race.assistant, race


# The list


@action("I read the list")
def read_list(context):
    context.sender.read_list(context.assistant)


@action("I read the list with the query {query}")
def read_list_with(context, query):
    context.sender.read_list(context.assistant, query)


@when("another tenant reads the list")
def read_list_as_other_tenant(context):
    context.sender.read_list(context.assistant, asker=context.target.other)


@when("another tenant reads the list with the query {query}")
def read_list_with_as_other_tenant(context, query):
    context.sender.read_list(context.assistant, query, asker=context.target.other)


@when("I read page {page:d} of the list, with {size:d} sessions a page")
@when("I read page {page:d} of the list, with {size:d} session a page")
def read_page(context, page, size):
    context.sender.read_list(context.assistant, f"page={page}&page_size={size}")
