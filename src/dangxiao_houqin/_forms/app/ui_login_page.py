# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'login_page.ui'
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
from PySide6.QtWidgets import (QApplication, QHBoxLayout, QLabel, QProgressBar,
    QPushButton, QSizePolicy, QSpacerItem, QVBoxLayout,
    QWidget)

class Ui_LoginPage(object):
    def setupUi(self, LoginPage):
        if not LoginPage.objectName():
            LoginPage.setObjectName(u"LoginPage")
        LoginPage.resize(520, 540)
        self.outer = QVBoxLayout(LoginPage)
        self.outer.setSpacing(4)
        self.outer.setObjectName(u"outer")
        self.outer.setContentsMargins(52, 44, 52, 28)
        self.title = QLabel(LoginPage)
        self.title.setObjectName(u"title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.title)

        self.subtitle = QLabel(LoginPage)
        self.subtitle.setObjectName(u"subtitle")
        self.subtitle.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.subtitle)

        self.gap1 = QSpacerItem(20, 18, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.outer.addItem(self.gap1)

        self.login_caption = QLabel(LoginPage)
        self.login_caption.setObjectName(u"login_caption")
        self.login_caption.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.login_caption)

        self.login_box = QVBoxLayout()
        self.login_box.setObjectName(u"login_box")

        self.outer.addLayout(self.login_box)

        self.password_caption = QLabel(LoginPage)
        self.password_caption.setObjectName(u"password_caption")
        self.password_caption.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.password_caption)

        self.password_box = QVBoxLayout()
        self.password_box.setObjectName(u"password_box")

        self.outer.addLayout(self.password_box)

        self.caps = QLabel(LoginPage)
        self.caps.setObjectName(u"caps")
        self.caps.setTextFormat(Qt.TextFormat.PlainText)
        self.caps.setMinimumSize(QSize(0, 18))

        self.outer.addWidget(self.caps)

        self.bar_box = QVBoxLayout()
        self.bar_box.setObjectName(u"bar_box")

        self.outer.addLayout(self.bar_box)

        self.submit = QPushButton(LoginPage)
        self.submit.setObjectName(u"submit")
        self.submit.setAutoDefault(False)
        self.submit.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))

        self.outer.addWidget(self.submit)

        self.gap2 = QSpacerItem(20, 8, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.outer.addItem(self.gap2)

        self.busy = QProgressBar(LoginPage)
        self.busy.setObjectName(u"busy")
        self.busy.setMaximum(0)
        self.busy.setTextVisible(False)

        self.outer.addWidget(self.busy)

        self.busy_text = QLabel(LoginPage)
        self.busy_text.setObjectName(u"busy_text")
        self.busy_text.setTextFormat(Qt.TextFormat.PlainText)
        self.busy_text.setMinimumSize(QSize(0, 18))

        self.outer.addWidget(self.busy_text)

        self.rest = QSpacerItem(20, 20, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.outer.addItem(self.rest)

        self.foot = QHBoxLayout()
        self.foot.setObjectName(u"foot")
        self.where = QPushButton(LoginPage)
        self.where.setObjectName(u"where")
        self.where.setAutoDefault(False)
        self.where.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))

        self.foot.addWidget(self.where)

        self.middle = QSpacerItem(20, 20, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.foot.addItem(self.middle)

        self.other_user = QPushButton(LoginPage)
        self.other_user.setObjectName(u"other_user")
        self.other_user.setAutoDefault(False)
        self.other_user.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))

        self.foot.addWidget(self.other_user)


        self.outer.addLayout(self.foot)


        self.retranslateUi(LoginPage)

        QMetaObject.connectSlotsByName(LoginPage)
    # setupUi

    def retranslateUi(self, LoginPage):
        self.title.setText(QCoreApplication.translate("LoginPage", u"\u767b\u5f55", None))
        self.title.setProperty(u"role", QCoreApplication.translate("LoginPage", u"pageTitle", None))
        self.subtitle.setText(QCoreApplication.translate("LoginPage", u"\u8bf7\u8f93\u5165\u767b\u5f55\u540d\u548c\u5bc6\u7801", None))
        self.subtitle.setProperty(u"role", QCoreApplication.translate("LoginPage", u"second", None))
        self.login_caption.setText(QCoreApplication.translate("LoginPage", u"\u767b\u5f55\u540d", None))
        self.login_caption.setProperty(u"role", QCoreApplication.translate("LoginPage", u"second", None))
        self.password_caption.setText(QCoreApplication.translate("LoginPage", u"\u5bc6\u7801", None))
        self.password_caption.setProperty(u"role", QCoreApplication.translate("LoginPage", u"second", None))
        self.caps.setText("")
        self.caps.setProperty(u"role", QCoreApplication.translate("LoginPage", u"hint", None))
        self.submit.setText(QCoreApplication.translate("LoginPage", u"\u767b\u5f55", None))
        self.submit.setProperty(u"kind", QCoreApplication.translate("LoginPage", u"primary", None))
        self.busy_text.setText("")
        self.busy_text.setProperty(u"role", QCoreApplication.translate("LoginPage", u"hint", None))
        self.where.setText(QCoreApplication.translate("LoginPage", u"\u66f4\u6362\u6570\u636e\u4f4d\u7f6e\u2026", None))
        self.where.setProperty(u"kind", QCoreApplication.translate("LoginPage", u"link", None))
        self.other_user.setText(QCoreApplication.translate("LoginPage", u"\u6362\u4e00\u4e2a\u7528\u6237\u767b\u5f55", None))
        self.other_user.setProperty(u"kind", QCoreApplication.translate("LoginPage", u"link", None))
        pass
    # retranslateUi

