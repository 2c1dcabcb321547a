"""Pinyin to words: what is typed is offered, own words first, and the shipped list is what its source says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from dangxiao_houqin.core.paths import resource
from dangxiao_houqin.modules.surveys.ui.pinyin_input import LONGEST_INPUT, ready_sentences, words


def texts(letters: str) -> list[str]:
    return [found.text for found in words().candidates(letters)]


@pytest.mark.parametrize(
    ("letters", "wanted"),
    (
        ("reshui", "热水"),
        ("rs", "热水"),
        ("resh", "热水"),
        ("kouweipianxian", "口味偏咸"),
        ("kwpx", "口味偏咸"),
        ("qingjie", "清洁"),
        ("kongtiao", "空调"),
        ("fuwutaidu", "服务态度"),
        ("fangjianhenganjing", "房间很干净"),
        ("huanjinghenhao", "环境很好"),
        ("lvhua", "绿化"),
        ("xiexienimen", "谢谢你们"),
    ),
)
def test_the_first_offer_is_what_was_meant(letters: str, wanted: str) -> None:
    assert texts(letters)[0] == wanted
    assert words().candidates(letters)[0].letters == len(letters)


def test_characters_come_by_how_common_they_are() -> None:
    assert [text for text in texts("shi") if len(text) == 1][:4] == ["是", "时", "市", "事"]
    assert "女" in texts("nv")
    assert "西安" in texts("xian")
    assert "现" in texts("xian")


def test_one_letter_already_offers_something() -> None:
    assert all(texts(letter) for letter in "abcdefghjklmnopqrstwxyz")


def test_a_part_can_be_taken_and_the_rest_stays() -> None:
    found = {one.text: one.letters for one in words().candidates("reshuihenre")}
    assert found["热水"] == 6
    assert found["热"] == 2


def test_what_nobody_means_offers_nothing_and_breaks_nothing() -> None:
    assert texts("") == []
    assert texts("qqqvvv") == []


@settings(max_examples=60, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=LONGEST_INPUT + 5))
def test_an_offer_is_new_each_time_and_stands_for_letters_that_were_typed(letters: str) -> None:
    found = words().candidates(letters)
    assert len({one.text for one in found}) == len(found)
    assert all(one.text and 1 <= one.letters <= min(len(letters), LONGEST_INPUT) for one in found)


def test_every_own_phrase_is_offered_first_for_its_pinyin() -> None:
    """words.txt is fresh: what phrases.txt says can be typed, and its readings are those of pypinyin."""
    missing = []
    for line in resource("pinyin/phrases.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        for phrase in line.split(" ")[1:]:
            letters = "".join(lazy_pinyin(phrase, v_to_u=False, errors="ignore"))
            if "，" not in phrase and len(letters) <= LONGEST_INPUT and phrase not in texts(letters)[:4]:
                missing.append(phrase)
    assert missing == []


def test_every_character_of_gb2312_can_be_typed() -> None:
    listed = set()
    for line in resource("pinyin/words.txt").read_text("utf-8").splitlines():
        key, *found = line.split(" ")
        if "'" not in key and not key.startswith("!"):
            listed |= set(found)
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            character = bytes((high, low)).decode("gb2312", errors="ignore")
            assert not character or character in listed, character


def test_no_name_of_a_person_and_no_coarse_word_is_offered() -> None:
    text = resource("pinyin/words.txt").read_text("utf-8")
    for word in ("毛泽东", "邓小平", "韦小宝", "王八蛋", "放屁", "死人"):
        assert not re.search(rf" {word}\d", text), word


def test_ready_sentences_speak_of_all_services_by_turns() -> None:
    first = ready_sentences()[:3]
    assert first == ("房间打扫干净", "饭菜可口", "服务热情周到")
    assert len(set(ready_sentences())) == len(ready_sentences()) > 40
    assert max(map(len, ready_sentences())) <= 12


def test_licences_lie_beside_the_list() -> None:
    folder = resource("pinyin")
    for name in ("README.md", "LICENSES/jieba-MIT.txt", "LICENSES/pypinyin-MIT.txt"):
        assert (folder / name).stat().st_size > 200
