# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'first_run_place_page.ui'
##
##
## WARNING! All changes made in this file will be lost when recompiling UI file!
################################################################################

from PySide6.QtCore import (QCoreApplication, QDate, QDateTime, QLocale,
    QMetaObject, QObject, QPoint, QRect,
    QSize, QTime, QUrl, Qt)
from PySide6.QtGui import (QBrush, QColor, QConicalGradient, QCursor,
    QFont, QFontDatabase, QGradient, QIcon,
    QImage, QKeySequence, QLinearGradient, QPainter,
    QPalette, QPixmap, QRadialGradient, QTransform)
from PySide6.QtWidgets import (QApplication, QLabel, QRadioButton, QSizePolicy,
    QSpacerItem, QVBoxLayout, QWidget)

class Ui_FirstRunPlacePage(object):
    def setupUi(self, FirstRunPlacePage):
        if not FirstRunPlacePage.objectName():
            FirstRunPlacePage.setObjectName(u"FirstRunPlacePage")
        FirstRunPlacePage.resize(520, 540)
        self.outer = QVBoxLayout(FirstRunPlacePage)
        self.outer.setSpacing(6)
        self.outer.setObjectName(u"outer")
        self.outer.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel(FirstRunPlacePage)
        self.title.setObjectName(u"title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.title)

        self.hint = QLabel(FirstRunPlacePage)
        self.hint.setObjectName(u"hint")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)

        self.outer.addWidget(self.hint)

        self.gap1 = QSpacerItem(20, 10, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.outer.addItem(self.gap1)

        self.local = QRadioButton(FirstRunPlacePage)
        self.local.setObjectName(u"local")

        self.outer.addWidget(self.local)

        self.local_box = QVBoxLayout()
        self.local_box.setObjectName(u"local_box")
        self.local_box.setContentsMargins(26, 4, 0, 0)

        self.outer.addLayout(self.local_box)

        self.shared = QRadioButton(FirstRunPlacePage)
        self.shared.setObjectName(u"shared")

        self.outer.addWidget(self.shared)

        self.shared_box = QVBoxLayout()
        self.shared_box.setObjectName(u"shared_box")
        self.shared_box.setContentsMargins(26, 4, 0, 0)

        self.outer.addLayout(self.shared_box)

        self.test_result = QLabel(FirstRunPlacePage)
        self.test_result.setObjectName(u"test_result")
        self.test_result.setTextFormat(Qt.TextFormat.PlainText)
        self.test_result.setWordWrap(True)

        self.outer.addWidget(self.test_result)

        self.rest = QSpacerItem(20, 20, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.outer.addItem(self.rest)


        self.retranslateUi(FirstRunPlacePage)

        QMetaObject.connectSlotsByName(FirstRunPlacePage)
    # setupUi

    def retranslateUi(self, FirstRunPlacePage):
        self.title.setText(QCoreApplication.translate("FirstRunPlacePage", u"\u6570\u636e\u653e\u5728\u54ea\u91cc\uff1f", None))
        self.title.setProperty(u"role", QCoreApplication.translate("FirstRunPlacePage", u"pageTitle", None))
        self.hint.setText(QCoreApplication.translate("FirstRunPlacePage", u"\u5b66\u5458\u3001\u623f\u95f4\u548c\u5b89\u6392\u90fd\u5b58\u5728\u8fd9\u91cc\u3002\u4ee5\u540e\u53ef\u4ee5\u5907\u4efd\uff0c\u4e5f\u53ef\u4ee5\u4ece\u672c\u673a\u642c\u5230\u5171\u4eab\u6570\u636e\u5e93\u3002", None))
        self.hint.setProperty(u"role", QCoreApplication.translate("FirstRunPlacePage", u"second", None))
        self.local.setText(QCoreApplication.translate("FirstRunPlacePage", u"\u672c\u673a\u6587\u4ef6\uff08\u4e00\u53f0\u7535\u8111\u4f7f\u7528\uff0c\u63a8\u8350\u5148\u4ece\u8fd9\u91cc\u5f00\u59cb\uff09", None))
        self.shared.setText(QCoreApplication.translate("FirstRunPlacePage", u"PostgreSQL \u5171\u4eab\u6570\u636e\u5e93\uff08\u591a\u53f0\u7535\u8111\u4e00\u8d77\u4f7f\u7528\uff09", None))
        self.test_result.setText("")
        self.test_result.setProperty(u"role", QCoreApplication.translate("FirstRunPlacePage", u"second", None))
        pass
    # retranslateUi

