"""The page code's words come as one small file, in Chinese, kept by browsers until they change."""

import re

from tests.house import House


def test_the_page_names_the_catalogue_and_it_holds_chinese(client: House) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    address = re.search(r'<meta name="catalogue" content="([^"]+)"', page)
    assert address
    response = client.get(address[1].replace("&amp;", "&"))
    assert response.mimetype == "application/json"
    assert "immutable" in response.headers["Cache-Control"]
    words = response.json
    assert re.search("[\u4e00-\u9fff]", words["Everything you entered before is here again."])
    assert all(words.values())


def test_an_old_version_is_asked_for_again(client: House) -> None:
    response = client.get("/i18n/zh.json?v=old")
    assert response.headers["Cache-Control"] == "public, no-cache"
    again = client.get("/i18n/zh.json?v=old", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_english_pages_need_none(client: House) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert 'name="catalogue"' not in page
    words = client.get("/i18n/en.json").json
    assert words and all(key == value for key, value in words.items())


def test_other_languages_are_not_there(client: House) -> None:
    assert client.get("/i18n/fr.json").status_code == 404


def test_the_page_says_whose_it_is_only_when_signed_in(client: House, as_user: object) -> None:
    assert 'name="user"' not in client.get("/sign-in").get_data(as_text=True)


def test_words_of_few_pages_come_apart_and_no_word_comes_twice(client: House) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    address = re.search(r'data-later="([^"]+)"', page)
    assert address
    words = client.get(address[1].replace("&amp;", "&")).json
    assert words and all(re.search("[\u4e00-\u9fff]", word) for word in words.values())
    assert not words.keys() & client.get("/i18n/zh.json").json.keys()
    assert client.get("/i18n/zh.json?part=other").status_code == 404
    worker = client.get("/service-worker.js").get_data(as_text=True)
    assert "part=later" in worker and "part=app" in worker
